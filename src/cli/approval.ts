import { type ApprovalRequest, isWaiting, requestInWords } from '../capture/approval.ts';
import { approversInWords, askerInWords, standingInWords, wishInWords } from '../reports/approval.ts';
import { oneLine } from '../reports/words.ts';
import { exits } from './exits.ts';
import { follow } from './search.ts';
import type { Session } from './session.ts';
import { tellStarted } from './started.ts';
import { requestJson } from './waiting.ts';

/**
 * Starts what waits for approval, and shows it as `start` or `both` would; lists what waits where no id is given.
 * @returns as `start` and `both`
 * @throws CaptureError as `engine.approve`
 */
export async function approve(id: string | null, session: Session): Promise<number> {
  const { engine, actor } = session;
  if (id === null) return list(await engine.requests(actor), session);
  if (engine.peekRequest(id)?.asked.verb === 'both')
    return follow(session, (signal) => engine.approve(id, actor, signal));
  for await (const step of engine.approve(id, actor, session.deaf))
    if (step.step === 'started') tellStarted(step, session);
  return exits.done.status;
}

/**
 * Ends what waits for approval; lists what waits where no id is given.
 * @throws CaptureError as `engine.deny`
 */
export async function deny(id: string | null, reason: string | null, session: Session): Promise<number> {
  const { engine, actor, output, json } = session;
  if (id === null) return list(await engine.requests(actor), session);
  const denied = await engine.deny(id, reason, actor);
  if (json) output.json(requestJson(denied));
  else output.lines([oneLine(`${denied.id} ${requestInWords(denied)} (${denied.asked.order.description})`)]);
  return exits.done.status;
}

/**
 * Shows one request, and who answers it how while it waits.
 * @throws CaptureError as `engine.showRequest`
 */
export async function showRequest(id: string, { engine, actor, output, json }: Session): Promise<number> {
  const request = await engine.showRequest(id, actor);
  if (json) output.json(requestJson(request));
  else output.lines([...requestLines(request), ...(isWaiting(request) ? [howToAnswer(request)] : [])]);
  return exits.done.status;
}

function howToAnswer(request: ApprovalRequest): string {
  const { id, orderedBy, analyst } = request;
  const own = [...new Set([orderedBy, analyst])].join(' or ');
  return `   ${oneLine(`capture approve ${id} starts it: of ${approversInWords(request)}; capture deny ${id} REASON ends it: of a lead, or ${own}`)}`;
}

function list(requests: readonly ApprovalRequest[], { output, json }: Session): number {
  if (json) output.json(requests.map(requestJson));
  else output.lines(requests.flatMap(requestLines));
  if (output.terminal && requests.length === 0)
    output.note('Nothing waits for approval, and nothing did since yesterday.');
  return exits.done.status;
}

/** A request on two lines: whose it is and how it stands, and what it would start; then the warnings of what it started. */
export function requestLines(request: ApprovalRequest): string[] {
  const { id, asked, warnings } = request;
  const incident = asked.order.case === undefined ? '' : ` [${asked.order.case}]`;
  return [
    oneLine(`${id} ${askerInWords(request)}: ${asked.order.description}${incident}; ${standingInWords(request)}`),
    `   ${oneLine(`${asked.order.expression}; ${wishInWords(request)}`)}`,
    ...warnings.map((warning) => `   ${oneLine(`Warning: ${warning}`)}`),
  ];
}
