import type { Capture } from '../../capture/capture.ts';
import type { Aftermath } from '../../capture/orders.ts';
import { statusOf } from './status.ts';
import { bold, code, escaped, richDate, said, slackDate, typed } from './text.ts';
import { bulleted, type Row, rows, type View } from './view.ts';

const title = '⚡ I was interrupted';
const asFar = 'It came as far as you see here.';

/**
 * To the person whose order the bot was carrying out when it ended: what came of it.
 * @param words as they typed or clicked it, or as a form wrote it; null where nobody knows them
 */
export function interruptedView(words: string | null, { outcome, detail, captures, unsearched }: Aftermath): View {
  const order = words === null ? 'what you clicked' : words;
  const [told, why] = unsearched === null ? fateOf(outcome, captures.length > 0, detail) : [asFar, null];
  const reason: Row[] = why === null ? [] : [[typed(why, 500)]];
  const left = unsearched === null ? '' : ` ${notSearched(unsearched)}${slackDate(unsearched.startedAt)}`;
  const listed =
    captures.length === 0
      ? ''
      : `: ${captures
          .map(({ id }) => id)
          .join(', ')
          .slice(0, 500)}`;
  return {
    text: `${title}: ${escaped(order, 300)}. ${told}${why === null ? '' : ` ${escaped(why, 500)}`}${left}${listed}`,
    blocks: [
      rows(
        [bold(title)],
        [words === null ? said(order) : code(order, 300)],
        [said(told)],
        ...reason,
        ...(unsearched === null ? [] : [[said(notSearched(unsearched)), richDate(unsearched.startedAt)]]),
      ),
      ...(captures.length === 0 ? [] : [bulleted([said('So far:')], captures, 10, rowOf)]),
    ],
  };
}

/** What is left to be ordered of an order for both, before the time up to which. */
function notSearched({ id }: Capture): string {
  return `The past was not searched. Order that with /capture search, --until when ${id} began: `;
}

/** In a sentence, with the reason where there is one. */
function fateOf(outcome: Aftermath['outcome'], isSeen: boolean, detail: string | null): [string, string | null] {
  switch (outcome) {
    case null:
      return ['Nothing was done: give the order again.', null];
    case 'done':
    case 'noted':
      return ['It was carried out. If you have seen no answer to it, ask again.', null];
    case 'refused':
    case 'invalid':
    case 'failed':
      return ['It was not carried out.', detail];
    case 'asked':
    case 'unknown':
      return isSeen
        ? [asFar, null]
        : ['It is not known how far it came. Before you give the order again, see with /capture list what runs.', null];
    default:
      return outcome satisfies never;
  }
}

function rowOf(capture: Aftermath['captures'][number]): Row {
  const { emoji, words } = statusOf(capture);
  return [bold(`${emoji} ${capture.id} `), typed(capture.description, 100), said(` · ${words}`)];
}
