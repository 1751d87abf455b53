import { type ApprovalRequest, requestInWords } from '../capture/approval.ts';
import { counted, durationInWords, sizeInWords } from '../capture/quantities.ts';

/** What a request would start: where, and what it may take. */
export function wishInWords({ asked }: ApprovalRequest): string {
  const { order } = asked;
  const limits = [
    durationInWords(order.duration),
    sizeInWords(order.maxBytes),
    ...(order.packets === undefined ? [] : [counted(order.packets, 'packet')]),
  ];
  const kept = order.keep === true ? ', started again after a reboot' : '';
  const past = asked.verb === 'both' ? ', and a search of what the ring holds from before' : '';
  return `on ${order.interface}, for ${limits.join(' or ')} at most${kept}${past}`;
}

/** Whose capture it is to be, and who gave the order. */
export function askerInWords({ analyst, orderedBy }: ApprovalRequest): string {
  return analyst === orderedBy ? analyst : `${analyst}, ordered by ${orderedBy}`;
}

/** Who may approve it, or extend what was, and who not. */
export function approversInWords({ analyst, orderedBy }: Pick<ApprovalRequest, 'analyst' | 'orderedBy'>): string {
  return `a lead other than ${[...new Set([orderedBy, analyst])].join(' and ')}`;
}

/** Until when it waits and why, or what became of it. */
export function standingInWords(request: ApprovalRequest): string {
  return request.state === 'waiting' ? `${requestInWords(request)}: ${request.needed}` : requestInWords(request);
}
