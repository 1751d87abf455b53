import type { ApprovalRequest, AskedLive } from '../capture/approval.ts';
import { iso, type Json } from './json.ts';
import type { Session } from './session.ts';

/**
 * Whether an order waits for a second person instead of being carried out: then it is told what it waits for.
 * @throws CaptureError as `engine.requestApproval`
 */
export async function asksFirst(asked: AskedLive, { engine, actor, output, json }: Session): Promise<boolean> {
  const request = await engine.requestApproval(asked, actor);
  if (request === null) return false;
  if (json) output.json(requestJson(request));
  else {
    const { approversInWords, standingInWords } = await import('../reports/approval.ts');
    output.lines([`Waits: ${request.id} ${standingInWords(request)}`]);
    output.note(`Nothing runs yet: ${approversInWords(request)} starts it with capture approve ${request.id}`);
  }
  return true;
}

/** The document of a request; times are ISO 8601 UTC, durations milliseconds, sizes bytes. */
export function requestJson(request: ApprovalRequest): Json {
  const { asked, origin, askedAt, expiresAt, endedAt, role: _, version: __, ...rest } = request;
  const { order } = asked;
  return {
    ...rest,
    verb: asked.verb,
    description: order.description,
    expression: order.expression,
    case: order.case ?? null,
    interface: order.interface,
    duration: order.duration,
    maxBytes: order.maxBytes,
    packets: order.packets ?? null,
    keep: order.keep ?? false,
    origin: { ...origin },
    askedAt: iso(askedAt),
    expiresAt: iso(expiresAt),
    endedAt: iso(endedAt),
  };
}
