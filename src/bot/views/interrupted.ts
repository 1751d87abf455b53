import type { Aftermath } from '../../capture/orders.ts';
import { statusOf } from './status.ts';
import { bold, code, escaped, said, typed } from './text.ts';
import { bulleted, type Row, rows, type View } from './view.ts';

const title = '⚡ I was interrupted';

/**
 * To the person whose order the bot was carrying out when it ended: what came of it.
 * @param words as they typed or clicked it, or as a form wrote it; null where nobody knows them
 */
export function interruptedView(words: string | null, { outcome, detail, captures }: Aftermath): View {
  const order = words === null ? 'what you clicked' : words;
  const [told, why] = fateOf(outcome, captures.length > 0, detail);
  const reason: Row[] = why === null ? [] : [[typed(why, 500)]];
  const listed =
    captures.length === 0
      ? ''
      : `: ${captures
          .map(({ id }) => id)
          .join(', ')
          .slice(0, 500)}`;
  return {
    text: `${title}: ${escaped(order, 300)}. ${told}${why === null ? '' : ` ${escaped(why, 500)}`}${listed}`,
    blocks: [
      rows([bold(title)], [words === null ? said(order) : code(order, 300)], [said(told)], ...reason),
      ...(captures.length === 0 ? [] : [bulleted([said('So far:')], captures, 10, rowOf)]),
    ],
  };
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
        ? ['It came as far as you see here.', null]
        : ['It is not known how far it came. Before you give the order again, see with /capture list what runs.', null];
    default:
      return outcome satisfies never;
  }
}

function rowOf(capture: Aftermath['captures'][number]): Row {
  const { emoji, words } = statusOf(capture);
  return [bold(`${emoji} ${capture.id} `), typed(capture.description, 100), said(` · ${words}`)];
}
