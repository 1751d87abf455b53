import type { Actor, Analyst } from './analyst.ts';
import { type ApprovalRequest, type AskedLive, type GrantedLive, requestInWords } from './approval.ts';
import { checkBoth } from './both.ts';
import { compileForInterface } from './compiler.ts';
import { CaptureError } from './errors.ts';
import { allowAnother, allowSpace, deadlineIn } from './limits.ts';
import { checkOrder, type Wish, whyApproval } from './live/start.ts';
import { counted } from './quantities.ts';
import { ask, type Order, type Room } from './room.ts';

/**
 * Has an order wait where a second person must approve it, once it was judged as if it were to start now; null where it needs nobody.
 * @throws CaptureError what the order itself would throw, once that is in the audit log
 */
export async function requestLive(room: Room, asked: AskedLive, actor: Actor): Promise<ApprovalRequest | null> {
  let entry: Order | undefined;
  const inAudit = async () => {
    entry ??= await ask(room, asked.verb, actor, asked.order.analyst);
    return entry;
  };
  try {
    const live = asked.verb === 'start' ? asked.order : (await checkBoth(room, asked.order, actor)).live;
    const wish = checkOrder(room, live, actor);
    const [program] = await Promise.all([compileForInterface(wish.expression, wish.interface), allowSpace(room)]);
    const needed = whyApproval(room, wish, program);
    if (needed === null) return null;
    allowAnother(room, wish.attributed.analyst);
    const { analyst, origin, words } = actor;
    const order = await inAudit();
    const add = room.database.transaction(() => {
      allowAnotherRequest(room, actor.analyst);
      const request = room.requests.add({
        asked: granted(asked, wish),
        analyst: wish.attributed.analyst,
        orderedBy: analyst.name,
        role: analyst.role,
        ...{ origin, words, needed },
        askedAt: room.now(),
        expires: deadlineIn(room, room.config.approval?.for ?? 0),
      });
      order.settle('done', request.id, `${requestInWords(request)}: ${needed}`);
      return request;
    });
    return await room.patiently(add.immediate);
  } catch (error) {
    await (await inAudit()).fail(error);
    throw error;
  }
}

/** What was asked, with what the second person is shown: a configuration that changes meanwhile makes nothing else of it. */
function granted(asked: AskedLive, wish: Wish): GrantedLive {
  const { interface: interfaceName, snaplen, duration, maxBytes } = wish;
  const known = { interface: interfaceName, snaplen, duration, maxBytes };
  switch (asked.verb) {
    case 'start':
      return { verb: 'start', order: { ...asked.order, ...known } };
    case 'both':
      // The question how much it reads was answered before this one.
      return { verb: 'both', order: { ...asked.order, ...known, confirmed: true } };
    default:
      return asked satisfies never;
  }
}

/** @throws CaptureError `conflict` when as many of theirs wait as they may have captures running */
function allowAnotherRequest(room: Room, { name }: Analyst): void {
  const { perAnalyst } = room.config.limits;
  const theirs = room.requests.open().filter(({ request }) => request.orderedBy === name);
  if (theirs.length < perAnalyst) return;
  const ids = theirs.map(({ request }) => request.id).join(', ');
  throw new CaptureError(
    'conflict',
    `${counted(theirs.length, 'request')} of ${name} wait for approval (${ids}), and ${perAnalyst} is the limit: wait, or withdraw one with deny`,
    { byLimit: true },
  );
}
