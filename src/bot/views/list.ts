import { type Capture, isOpen, type Millis } from '../../capture/capture.ts';
import type { Selection } from '../../capture/orders.ts';
import { counted, lasting } from '../../reports/figures.ts';
import { ringsInWords } from '../../reports/span.ts';
import { numbers } from './numbers.ts';
import { statusOf } from './status.ts';
import { bold, code, richDate, said, typed } from './text.ts';
import { context, mrkdwn, type Row, rows, type View } from './view.ts';

/** Twenty of 600 characters at most: a list on a phone is not read any further, and Slack takes about 13,000 characters. */
const longest = 20;

/**
 * Captures for the one person who asked, newest first, three short lines each.
 * @param isDeleted whether retention has deleted the savefile of a capture
 */
export function listView(
  captures: readonly Capture[],
  now: Millis,
  { all, selector }: Selection,
  isDeleted: (id: string) => boolean = () => false,
): View {
  if (captures.length === 0) return empty(all, selector !== undefined);
  const newestFirst = captures.toSorted((one, other) => other.startedAt - one.startedAt);
  const shown = newestFirst.slice(0, longest);
  const title = `${counted(captures.length, 'capture')}${all ? '' : captures.length === 1 ? ' runs' : ' run'}`;
  return {
    text: `${title}: ${shown.map((capture) => capture.id).join(', ')}${captures.length > longest ? ' and more' : ''}`,
    blocks: [
      rows([bold(title)]),
      ...shown.map((capture) => rows(...entry(capture, now, isDeleted(capture.id)))),
      ...more(captures.length - shown.length),
    ],
  };
}

function entry(capture: Capture, now: Millis, deleted: boolean): Row[] {
  const { emoji, words } = statusOf(capture);
  const until = capture.endedAt ?? now;
  const searched = capture.joined === null ? ringsInWords(capture) : 'joined';
  const place = capture.kind === 'live' ? (capture.interface ?? 'no interface') : searched;
  const reported = capture.state === 'failed' ? typed(capture.why ?? 'no reason known', 120) : said(numbers(capture));
  return [
    [bold(`${emoji} ${capture.id} `), typed(capture.description, 100), said(` · ${words}`)],
    [code(capture.expression, 80)],
    [
      typed(`${capture.analyst} · ${place}`, 100),
      said(' · '),
      richDate(capture.startedAt),
      said(`, ${isOpen(capture.state) ? 'for' : 'ran'} ${lasting(Math.max(0, until - capture.startedAt))}`),
    ],
    ...(isOpen(capture.state) && capture.bytes === null
      ? []
      : [[reported, ...(deleted ? [said(' · savefile deleted')] : [])]]),
  ];
}

function more(hidden: number) {
  if (hidden === 0) return [];
  return [context(mrkdwn(`and ${hidden} more, older. Narrow it with a word: \`/capture list grant\``))];
}

/** @param isChosen whether a word was given that they were to match */
function empty(all: boolean, isChosen: boolean): View {
  const text = all
    ? `There are no captures ${isChosen ? 'that match' : 'yet'}.`
    : `Nothing runs${isChosen ? ' that matches' : ''}.`;
  const hint = all
    ? 'Start one: `/capture start -d why -e "host 192.0.2.7"`'
    : 'What was: `/capture list --all`. Start one: `/capture start -d why -e "host 192.0.2.7"`';
  return { text, blocks: [rows([said(text)]), context(mrkdwn(hint))] };
}
