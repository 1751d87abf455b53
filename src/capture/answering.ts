import { momentOf } from './abandoned.ts';
import { type Actor, type Analyst, mayRole } from './analyst.ts';
import {
  type ApprovalRequest,
  type GrantedLive,
  longestReason,
  mayDeny,
  noRequest,
  type RequesterNow,
  type RequestId,
  requestInWords,
} from './approval.ts';
import { startBoth } from './both.ts';
import { CaptureError } from './errors.ts';
import { withJoin } from './joined.ts';
import type { JoinNumber } from './joins.ts';
import { startLive } from './live/start.ts';
import { isSecond } from './membership.ts';
import type { BothStep } from './orders.ts';
import type { Approval } from './record.ts';
import { addInHand, ask, type Order, type Room } from './room.ts';

/**
 * Starts what a request asks for: taken in one statement, then judged and started as the requester's order. Whoever is killed in between,
 * the next look finds what was started, or has it wait again.
 * @throws CaptureError as `Approving.approve`
 */
export async function* approveRequest(
  room: Room,
  { id, requester: now }: { readonly id: string; readonly requester: RequesterNow | undefined },
  actor: Actor,
  signal: AbortSignal,
): AsyncGenerator<BothStep> {
  const request = room.requests.byId(id);
  const asked = await ask(room, 'approve', actor, request?.analyst);
  let taken: ApprovalRequest;
  let requester: Actor;
  try {
    taken = request ?? noRequest(id);
    if (!mayRole.approve(actor.analyst) || !isSecond(room, actor, taken)) throw refusedTo(room, actor, taken);
    requester = { analyst: stillThere(room, taken, now), origin: taken.origin, words: taken.words };
    if (!(await take(room, taken, actor))) throw notWaiting(room, taken);
  } catch (error) {
    await asked.fail(error);
    throw error;
  }
  const order = answering(room, taken, asked);
  try {
    const given = { asked: order, by: actor.analyst.name, request: taken.id, signal };
    for await (const step of start(room, taken.asked, requester, given)) {
      if (step.step === 'started' && step.warnings.length > 0) await keepWarnings(room, taken.id, step.warnings);
      yield step;
    }
  } catch (error) {
    await order.fail(error);
    throw error;
  } finally {
    room.inHand.delete(taken.id);
  }
}

/** For who asked; whoever approved it is told in any case, and what runs is not to pass for failed. */
async function keepWarnings(room: Room, id: RequestId, warnings: readonly string[]): Promise<void> {
  try {
    await room.patiently(() => room.requests.keepWarnings(id, warnings));
  } catch (error) {
    room.log.error({ request: id, warnings, error }, 'warnings not noted for who asked');
  }
}

/** Takes it for this process, which then has it in hand; false where it does not wait any more. */
async function take(room: Room, { id }: ApprovalRequest, { analyst }: Actor): Promise<boolean> {
  const taken = () => (room.requests.take(id, analyst.name, momentOf(room)) ? { id } : undefined);
  return (await addInHand(room, taken)) !== undefined;
}

async function* start(
  room: Room,
  asked: GrantedLive,
  requester: Actor,
  given: Approval & { readonly asked: Order; readonly signal: AbortSignal },
): AsyncGenerator<BothStep> {
  const { asked: order, signal, ...approval } = given;
  if (asked.verb === 'start') {
    yield { step: 'started', ...(await startLive(room, asked.order, requester, order, approval)) };
    return;
  }
  const steps = (partOf?: JoinNumber) =>
    startBoth(room, { ...asked.order, partOf }, requester, { asked: order, approval, signal });
  yield* asked.order.join === true ? withJoin(room, steps, signal) : steps();
}

/** Settles the approval in the audit log, and with it, in the same transaction, what became of the request. */
function answering(room: Room, { id, orderedBy }: ApprovalRequest, asked: Order): Order {
  return {
    settle: (outcome, capture, detail) => {
      asked.settle(outcome, capture, `${id}, asked by ${orderedBy}: ${detail}`);
      if (outcome === 'done') room.requests.markStarted(id, room.now());
      else room.requests.markFailed(id, detail ?? 'no reason known', room.now());
    },
    fail: (error) => {
      const why = error instanceof Error ? error.message : String(error);
      return asked.fail(error, () => void room.requests.markFailed(id, why, room.now()));
    },
  };
}

/** @throws CaptureError as `Approving.deny` */
export async function denyRequest(
  room: Room,
  { id, reason }: { readonly id: string; readonly reason: string | null },
  actor: Actor,
): Promise<ApprovalRequest> {
  const request = room.requests.byId(id);
  const asked = await ask(room, 'deny', actor, request?.analyst);
  try {
    const denied = request ?? noRequest(id);
    if (!mayDeny(actor.analyst, denied)) {
      const words = `${denied.id} is ${denied.orderedBy}'s request: only a lead denies it, or ${denied.orderedBy} withdraws it`;
      throw new CaptureError('not_allowed', words);
    }
    if (reason !== null && reason.length > longestReason) {
      const words = `the reason has ${reason.length} characters, ${longestReason} are taken: more belongs into the thread of the request`;
      throw new CaptureError('bad_request', words);
    }
    const deny = room.database.transaction(() => {
      if (!room.requests.deny(denied.id, { by: actor.analyst.name, reason }, momentOf(room)))
        throw notWaiting(room, denied);
      const now = room.requests.byId(denied.id) ?? denied;
      asked.settle('done', denied.id, `${denied.id}, asked by ${denied.orderedBy}, ${requestInWords(now)}`);
      return now;
    });
    return await room.patiently(deny.immediate);
  } catch (error) {
    await asked.fail(error);
    throw error;
  }
}

function refusedTo(room: Room, actor: Actor, request: ApprovalRequest): CaptureError {
  const { id, orderedBy, analyst: owner } = request;
  const whose = owner === orderedBy ? `${orderedBy}'s` : `${orderedBy}'s, for ${owner}`;
  if (isSecond(room, actor, request))
    return new CaptureError('not_allowed', `only a lead approves what others ask for: ${id} is ${whose}`);
  return new CaptureError(
    'not_allowed',
    `a second person approves it, and ${id} is ${whose}: ask a lead other than ${[...new Set([orderedBy, owner])].join(' and ')}`,
  );
}

/**
 * The requester, in the role that they have now. Whom a Slack user group made an analyst is what Slack says now, where it was asked.
 * @param now what Slack says of who is there by a user group; undefined where it cannot be asked: then they are what they were
 * @throws CaptureError `not_allowed` when they are no analyst any more, `tool_failed` when Slack did not say
 */
function stillThere(
  room: Room,
  { id, orderedBy, role, origin }: ApprovalRequest,
  now: RequesterNow | undefined,
): Analyst {
  const known = room.config.analysts.find(({ name }) => name === orderedBy);
  if (known !== undefined) return { name: known.name, role: known.role };
  if ('group' in origin && now === undefined) return { name: orderedBy, role };
  if ('group' in origin && now === 'unasked') {
    const words = `Slack could not be asked just now whether ${orderedBy}, who asked for ${id}, still is in their user group: it waits, try again in a minute`;
    throw new CaptureError('tool_failed', words);
  }
  if ('group' in origin && typeof now === 'object' && now.name === orderedBy) return now;
  throw new CaptureError(
    'not_allowed',
    `${orderedBy}, who asked for ${id}, is no analyst of ${room.config.sensor} any more`,
  );
}

function notWaiting(room: Room, request: ApprovalRequest): CaptureError {
  const now = room.requests.byId(request.id) ?? request;
  // Over, and not yet noted by who looks after it.
  const words = now.state === 'waiting' ? 'expired: nobody answered it in time' : requestInWords(now);
  return new CaptureError('conflict', `${request.id} ${words}`);
}
