import type { Analyst, Origin, Role } from './analyst.ts';
import type { CaptureId, Millis } from './capture.ts';
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
  /** Why it was not started although it was approved. */
  readonly why: string | null;
  /** The capture that it was started as. */
  readonly capture: CaptureId | null;
  /** Grows with every change of any request. */
  readonly version: number;
}

/** Whether the person may deny it: a lead, and whoever may take back what is their own. */
export function mayDeny(analyst: Analyst, request: Pick<ApprovalRequest, 'analyst' | 'orderedBy'>): boolean {
  const isOwn = [request.analyst, request.orderedBy].includes(analyst.name);
  return analyst.role === 'lead' || (analyst.role === 'analyst' && isOwn);
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
    case 'denied':
      return answeredBy === orderedBy ? `was withdrawn by ${answeredBy}` : `was denied by ${answeredBy}`;
    case 'expired':
      return 'expired: nobody answered it in time';
    default:
      return state satisfies never;
  }
}

/** The number of an id `a12`; 0, which none has, for what is no id. */
export function requestNumber(id: string): number {
  return /^a\d{1,15}$/.test(id) ? Number(id.slice(1)) : 0;
}
