import type { Analyst, Origin, Role } from './analyst.ts';
import type { CaptureId, Millis } from './capture.ts';
import { CaptureError } from './errors.ts';
import type { BothOrder, StartOrder } from './orders.ts';

export type RequestId = `a${number}`;
export type RequestState = 'waiting' | 'starting' | 'started' | 'failed' | 'denied' | 'expired';

/** An order with what it comes to where it was given, whatever the configuration says by the time that it is approved. */
type Granted<Order extends StartOrder> = Order & {
  readonly interface: string;
  readonly snaplen: number;
  readonly duration: Millis;
  readonly maxBytes: number;
};

/** An order that makes a live capture, by which verb. */
export type AskedLive =
  | { readonly verb: 'start'; readonly order: StartOrder }
  | { readonly verb: 'both'; readonly order: BothOrder };
export type GrantedLive =
  | { readonly verb: 'start'; readonly order: Granted<StartOrder> }
  | { readonly verb: 'both'; readonly order: Granted<BothOrder> };

/** An order that starts once a second person has approved it, and what became of it: plain values only. */
export interface ApprovalRequest {
  readonly id: RequestId;
  readonly state: RequestState;
  readonly asked: GrantedLive;
  /** Whose capture it is to be. */
  readonly analyst: string;
  /** The person who gave the order. */
  readonly orderedBy: string;
  /** The role in which they did. */
  readonly role: Role;
  readonly origin: Origin;
  readonly words: string;
  /** Why it needs approval, in words. */
  readonly needed: string;
  readonly askedAt: Millis;
  readonly expiresAt: Millis;
  /** Who approved or denied it. */
  readonly answeredBy: string | null;
  /** When it was started, denied, or over. */
  readonly endedAt: Millis | null;
  /** Why it was not started although it was approved, or the reason that was given with a denial. */
  readonly why: string | null;
  /** What who asked should know of the capture that it was started as. */
  readonly warnings: readonly string[];
  /** The capture that it was started as. */
  readonly capture: CaptureId | null;
  /** Grows with every change of any request. */
  readonly version: number;
}

/** The reason of a denial is a sentence; more belongs into the thread. */
export const longestReason = 300;

/** How somebody may answer a request as it is now. */
export interface Answers {
  readonly approve: boolean;
  readonly deny: boolean;
}

/** Who asked, by what Slack says of them now: nobody here any more, or not known, since Slack could not be asked. */
export type RequesterNow = Analyst | 'nobody' | 'unasked';

/** Whether the person may deny it: a lead, and whoever may take back what is their own. */
export function mayDeny(analyst: Analyst, request: Pick<ApprovalRequest, 'analyst' | 'orderedBy'>): boolean {
  return analyst.role === 'lead' || (analyst.role === 'analyst' && isTheirs(request, analyst.name));
}

/** Whether it can still be answered. */
export function isWaiting({ state }: ApprovalRequest): boolean {
  return state === 'waiting';
}

/** How a request stands, or what became of it. */
export function requestInWords(request: ApprovalRequest): string {
  const { state, answeredBy, orderedBy, capture, why, expiresAt } = request;
  switch (state) {
    case 'waiting':
      return `waits for the approval of a second person until ${new Date(expiresAt).toISOString().replace('T', ' ').slice(0, 19)} UTC`;
    case 'starting':
      return `was approved by ${answeredBy} and is being started`;
    case 'started':
      return `was approved by ${answeredBy} and started as ${capture}`;
    case 'failed':
      return `was approved by ${answeredBy} and could not be started: ${why}`;
    case 'denied': {
      const reason = why === null ? '' : `: ${why}`;
      return `was ${answeredBy === orderedBy ? 'withdrawn' : 'denied'} by ${answeredBy}${reason}`;
    }
    case 'expired':
      return 'expired: nobody answered it in time';
    default:
      return state satisfies never;
  }
}

/** Whether somebody asked for it, or it is to be theirs. */
export function isTheirs(
  { analyst, orderedBy }: Pick<ApprovalRequest, 'analyst' | 'orderedBy'>,
  name: string,
): boolean {
  return [analyst, orderedBy].includes(name);
}

/** @throws CaptureError `not_found`, always */
export function noRequest(id: string): never {
  throw new CaptureError('not_found', `there is no request ${id}: "approve" alone lists what waits`);
}

export function isRequestId(id: string): id is RequestId {
  return requestNumber(id) > 0;
}

/** The number of an id `a12`; 0, which none has, for what is no id. */
export function requestNumber(id: string): number {
  return /^a\d{1,15}$/.test(id) ? Number(id.slice(1)) : 0;
}
