import type { SearchOrder } from '../capture/orders.ts';
import type { Command } from '../command/command.ts';
import type { Session } from './session.ts';

/** A command that needs the engine. */
export type Order = Exclude<Command, { verb: 'help' | 'doctor' }>;

async function withHosts({ order, hosts }: Extract<Order, { verb: 'search' }>): Promise<SearchOrder> {
  return hosts === undefined ? order : { ...order, hosts: await (await import('./hosts.ts')).readHosts(hosts) };
}

/**
 * Carries a command out: one call of the engine, then its answer in print.
 * @returns the exit code
 * @throws CaptureError as the engine does
 */
export async function carryOut(order: Order, session: Session): Promise<number> {
  switch (order.verb) {
    case 'start':
      return (await import('./verbs.ts')).start(order.order, session);
    case 'search':
      return (await import('./search.ts')).search(await withHosts(order), session);
    case 'both':
      return (await import('./search.ts')).both(order.order, session);
    case 'list':
      return (await import('./list.ts')).list(order.selection, order.details, session);
    case 'show':
      if (session.engine.peekRequest(order.selector) !== undefined)
        return (await import('./approval.ts')).showRequest(order.selector, session);
      return (await import('./verbs.ts')).show(order.selector, session);
    case 'stop':
      return (await import('./verbs.ts')).stop(order.selector, order.details, session);
    case 'extend':
      return (await import('./verbs.ts')).moved(
        await session.engine.extend(order.selector, order.by, session.actor),
        session,
      );
    case 'keep':
      return (await import('./verbs.ts')).moved(await session.engine.keep(order.selector, session.actor), session);
    case 'approve':
      return (await import('./approval.ts')).approve(order.id, session);
    case 'deny':
      return (await import('./approval.ts')).deny(order.id, order.reason, session);
    case 'get':
      return (await import('./evidence.ts')).get(order.selector, session);
    case 'verify':
      return (await import('./evidence.ts')).verify(order.order, session);
    case 'pin':
      return (await import('./pins.ts')).pin(order.order, session);
    case 'unpin':
      return (await import('./pins.ts')).unpin(order.id, session);
    case 'audit':
      if ('query' in order) return (await import('./verbs.ts')).audit(order.query, session);
      return (await import('./evidence.ts')).verifyAudit(order.witnessed, session);
    case 'digest':
      return (await import('./verbs.ts')).digest(order.date, session);
    case 'index':
      return (await import('./indexing.ts')).index(order.order, session);
    case 'whoami':
      return (await import('./verbs.ts')).whoami(session);
    default:
      return order satisfies never;
  }
}
