import { setImmediate as otherWork } from 'node:timers/promises';
import type { Capture, Millis } from './capture.ts';
import { walkChain } from './chain.ts';
import { doubtfulSavefiles } from './doubts.ts';
import type { ChainEnd, Day } from './evidence.ts';
import { freeNow } from './limits.ts';
import type { AuditEntry } from './orders.ts';
import type { Room } from './room.ts';

/**
 * What ran and what was written to the audit log from `from` to before `to`, and how evidence stands now; page by page: other work is
 * never kept waiting for all of it.
 * @param signal ends it with its reason
 */
export async function dayOf(room: Room, from: Millis, to: Millis, signal: AbortSignal): Promise<Omit<Day, 'pinned'>> {
  const captures: Capture[] = [];
  for (const page of room.registry.ranBetween(from, to)) {
    captures.push(...page);
    await otherWork();
    signal.throwIfAborted();
  }
  const entries: AuditEntry[] = [];
  for (const page of room.audit.between(from, to)) {
    entries.push(...page);
    await otherWork();
    signal.throwIfAborted();
  }
  const disk = { free: freeNow(room), floor: room.config.limits.freeSpace };
  const { entries: walked, broken, unguarded } = await chainOf(room, signal);
  const doubtful = await doubtfulSavefiles(room.holdings, signal);
  const deleted = captures.map(({ id }) => id).filter((id) => room.holdings.deletion(id) !== undefined);
  const chain = { entries: walked, broken, unguarded };
  return { captures, entries, head: room.audit.head(), chain, doubtful, deleted, disk };
}

async function chainOf({ database }: Room, signal: AbortSignal): Promise<ChainEnd> {
  for await (const step of walkChain(database, null, signal)) if (step.step === 'ended') return step;
  throw new Error('the walk through the audit log has no end');
}
