import { type ApprovalRequest, isWaiting, requestInWords } from '../../capture/approval.ts';
import { type Capture, isOpen, ringsOf, type Window } from '../../capture/capture.ts';
import { printCommand } from '../../command/print.ts';
import { approversInWords } from '../../reports/approval.ts';
import { numbers, result } from './numbers.ts';
import { headline, headlineText, statusOf } from './status.ts';
import { bold, code, escaped, line, said, typed } from './text.ts';
import { type Row, rows, type View } from './view.ts';

/** To who ordered a capture, alone: that it ended badly, why, and what is left of it. */
export function failureView(capture: Capture): View {
  const why: Row[] = capture.why === null ? [] : [[typed(capture.why, 500)]];
  const kept: Row[] =
    capture.state === 'died' ? [[said(result(capture))], [said('Its savefile is kept: '), show(capture)]] : [];
  return {
    text: `${headlineText(capture)}${capture.why === null ? '' : `: ${escaped(capture.why, 300)}`}`,
    blocks: [rows(headline(capture), [said('In '), ...place(capture)], ...why, ...kept, ...again(capture))],
  };
}

/** A search can be repeated as long as the ring holds its window: what to type. Of a list of hosts the sensor has no file. */
function again(capture: Capture): Row[] {
  const { kind, joined, hosts, window, description, expression, analyst, orderedBy } = capture;
  if (kind !== 'past' || joined !== null || hosts !== null || window === null || !isWritable(window)) return [];
  const rings = ringsOf(capture);
  const order = {
    ...{ description, expression, window },
    ...(rings.length === 0 ? {} : { rings }),
    ...(capture.case === null ? {} : { case: capture.case }),
    ...(analyst === orderedBy ? {} : { analyst }),
  };
  const words = `/capture ${printCommand({ verb: 'search', order })}`;
  return words.length > longestAgain ? [] : [[said('To search again: '), code(words, longestAgain)]];
}

/** Whether a calendar has its bounds, microseconds since the epoch (ECMA-262, 21.4.1.1). */
function isWritable({ since, until }: Window): boolean {
  return [since, until].every((at) => at === null || Math.abs(at) <= 8.64e18);
}

/** A line to copy that is cut is another order. */
const longestAgain = 1_000;

/**
 * To who ordered a capture, alone, and to the digest's channel: that its message is not kept true any longer.
 * @param trouble Slack's word for why
 */
export function lossView(capture: Capture, trouble: string): View {
  const why = troubleInWords(trouble);
  const title = lossTitle(capture);
  return {
    text: `${title}: ${escaped(why, 200)}. ${headlineText(capture)}`,
    blocks: [
      rows(
        [bold(title)],
        [typed(capture.description, 200), said(' in '), ...place(capture)],
        [said(`${why}.`)],
        [said(`${standing(capture)}: `), show(capture)],
      ),
    ],
  };
}

/**
 * The same of a request for approval: how it stands, and how a lead answers one whose buttons nobody sees any more.
 * @param channel where its message was
 */
export function requestLossView(request: ApprovalRequest, channel: string, trouble: string): View {
  const { id, asked } = request;
  const why = troubleInWords(trouble);
  const title = lossTitle(request);
  const stands = `${id} ${requestInWords(request)}`;
  const way: Row = [typed(`${approversInWords(request)} types`, 200), said(' '), code(`/capture approve ${id}`, 60)];
  return {
    text: `${title}: ${escaped(why, 200)}. ${escaped(asked.order.description, 200)}: ${escaped(stands, 500)}`,
    blocks: [
      rows(
        [bold(title)],
        [typed(asked.order.description, 200), said(' in '), ...place({ channel })],
        [said(`${why}.`)],
        [typed(stands, 500)],
        ...(isWaiting(request) ? [[said('To approve it, '), ...way]] : []),
      ),
    ],
  };
}

function lossTitle({ id }: { readonly id: string }): string {
  return `⚠️ The message of ${id} is not kept up to date any longer`;
}

function troubleInWords(trouble: string): string {
  return troubles.get(trouble) ?? `Slack does not let me change it any longer (${line(trouble, 60)})`;
}

/** How a capture stands whose message does not tell it. */
function standing(capture: Capture): string {
  const { emoji, words } = statusOf(capture);
  const status = `${emoji} ${words}`;
  if (capture.state === 'running') return `${status}. It goes on all the same`;
  return isOpen(capture.state) || capture.state === 'failed' ? status : `${status}. ${numbers(capture)}`;
}

/** Slack's words that have a cause which somebody can see. */
const troubles: ReadonlyMap<string, string> = new Map([
  ['message_not_found', 'Somebody deleted it'],
  ['is_archived', 'The channel is archived'],
  ['not_in_channel', 'I am not in the channel any longer: /invite @capture there for the next one'],
  ['channel_not_found', 'I do not see the channel any longer'],
]);

function place({ channel }: Pick<Capture, 'channel'>): Row {
  // A direct message has no name that means anything to anybody else.
  const isDirect = channel === null || channel.startsWith('D');
  return isDirect ? [said('a direct message')] : [{ type: 'channel', channel_id: channel }];
}

function show({ id }: Capture) {
  return code(`/capture show ${id}`, 60);
}
