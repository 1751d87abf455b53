import { setImmediate as otherWork, setTimeout as pause } from 'node:timers/promises';
import { type Actor, mayRole } from './analyst.ts';
import {
  type Answers,
  type ApprovalRequest,
  type AskedLive,
  isWaiting,
  mayDeny,
  noRequest,
  type RequesterNow,
} from './approval.ts';
import type { Millis } from './capture.ts';
import { isSecond } from './membership.ts';
import type { BothStep } from './orders.ts';
import { noteLook, type Room } from './room.ts';

/** The part of the engine's door that has a second person approve what the configuration's section `approval` names. */
export interface Approving {
  /**
   * Has an order wait for a second person where it needs one; null where it may start. Doors call it before `start` and `both`, which refuse
   * what was not approved; where a search is to be confirmed, after that.
   * @throws CaptureError what the order itself would throw before anything was started, or `conflict` where too many of theirs wait
   */
  requestApproval(asked: AskedLive, actor: Actor): Promise<ApprovalRequest | null>;
  /**
   * Starts what waits, as its requester's: judged anew, and once however many approve it. The first step is `started`, those of a search follow.
   * @throws CaptureError where it is read: `not_found`, `not_allowed` unless a lead other than who asked approves it, `conflict` when it does
   * not wait any more; what the order itself throws: then it has failed, and is to be asked for anew
   * @param requester who asked, by Slack's word of now, where a Slack user group gives them their role; left out where Slack cannot be asked
   */
  approve(id: string, actor: Actor, signal: AbortSignal, requester?: RequesterNow): AsyncIterable<BothStep>;
  /**
   * Ends a request, which then never starts anything.
   * @param reason told to who asked; null where none is given
   * @throws CaptureError `not_found`, `not_allowed` unless it is theirs or they are a lead, `conflict` when it does not wait any more,
   * `bad_request` for a reason that is too long
   */
  deny(id: string, reason: string | null, actor: Actor): Promise<ApprovalRequest>;
  /** What waits, and what became of requests of the last day, oldest first. */
  requests(actor: Actor): Promise<ApprovalRequest[]>;
  /**
   * One request, whatever became of it.
   * @throws CaptureError `not_found`
   */
  showRequest(id: string, actor: Actor): Promise<ApprovalRequest>;
  /** How somebody may answer a request now, for a view; not an order, so not in the audit log. */
  answers(request: ApprovalRequest, who: Pick<Actor, 'analyst' | 'origin'>): Answers;
  /** What waits now; not an order, so not in the audit log. */
  waiting(): ApprovalRequest[];
  /** One request as it is now, for a view; not an order, so not in the audit log. */
  peekRequest(id: string): ApprovalRequest | undefined;
  /** Requests as they change, in this process or another, first all with a version above `after`; ends with the signal. Looks every 250 ms. */
  watchRequests(after: number, signal: AbortSignal): AsyncIterable<ApprovalRequest>;
}

/** Milliseconds between two looks at what changed. */
const watchEvery = 250;
/** For so long it is listed what became of a request. */
const toldFor: Millis = 24 * 3_600_000;

/** @param reconcile what is brought together before a request is answered */
export function openApproving(room: Room, reconcile: () => Promise<void>): Approving {
  const { requests } = room;
  return {
    requestApproval: async (asked, actor) =>
      room.config.approval === null ? null : (await import('./requesting.ts')).requestLive(room, asked, actor),
    approve: async function* (id, actor, signal, requester) {
      await reconcile();
      yield* (await import('./answering.ts')).approveRequest(room, { id, requester }, actor, signal);
    },
    deny: async (id, reason, actor) => {
      await reconcile();
      return (await import('./answering.ts')).denyRequest(room, { id, reason }, actor);
    },
    requests: async (actor) => {
      await noteLook(room, { verb: 'approve', actor, capture: null, outcome: 'done' });
      await reconcile();
      return requests.since(room.now() - toldFor);
    },
    showRequest: async (id, actor) => {
      await reconcile();
      const request = requests.byId(id);
      const outcome = request === undefined ? 'invalid' : 'done';
      await noteLook(room, { verb: 'show', actor, capture: request?.id ?? null, outcome });
      return request ?? noRequest(id);
    },
    answers: (request, who) => ({
      approve: isWaiting(request) && mayRole.approve(who.analyst) && isSecond(room, who, request),
      deny: isWaiting(request) && mayDeny(who.analyst, request),
    }),
    waiting: () => requests.open().map(({ request }) => request),
    peekRequest: requests.byId,
    watchRequests: async function* (after, signal) {
      let seen = after;
      while (!signal.aborted) {
        for (let page = requests.changedAfter(seen); page.length > 0; page = requests.changedAfter(seen)) {
          for (const request of page) {
            seen = request.version;
            yield request;
          }
          await otherWork();
        }
        await pause(watchEvery, undefined, { signal }).catch(() => undefined);
      }
    },
  };
}
