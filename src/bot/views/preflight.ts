import type { Button } from '@slack/types';
import type { AskedSearch } from '../../capture/orders.ts';
import type { Preflight } from '../../capture/preflight.ts';
import { preflightLines } from '../../reports/preflight.ts';
import { bold, escaped, said, typed } from './text.ts';
import { actions, plain, type Row, rows, type View } from './view.ts';

/** The action_ids of the buttons under the question; each carries the id of the search that waits as its value. */
export const answerIds = { search: 'capture_search_all_the_same', notNow: 'capture_search_not_now' } as const;

/** To the person whose search would read much: how much, how long, and whether to go on. */
export function preflightView({ verb, order }: AskedSearch, preflight: Preflight, waiting: string): View {
  const title = `⏳ Search all the same? ${verb === 'both' ? 'Nothing is captured or searched yet' : 'Nothing is searched yet'}`;
  const lines = preflightLines(preflight);
  return {
    text: `${title}: ${escaped(order.description, 200)}. ${escaped(lines.join('. '), 1500)}`,
    blocks: [
      rows([bold(title)], [typed(order.description, 200)], ...lines.map((line): Row => [typed(line, 300)])),
      actions(
        { ...button(answerIds.search, 'Search', waiting), style: 'primary' },
        button(answerIds.notNow, 'Not now', waiting),
      ),
    ],
  };
}

/** In the place of the question, once it was declined. */
export function notSearchedView({ verb, order }: AskedSearch): View {
  const words = verb === 'both' ? 'Nothing was started or searched' : 'Nothing was searched';
  return {
    text: `${words}: ${escaped(order.description, 200)}`,
    blocks: [rows([said(`${words}: `), typed(order.description, 200)])],
  };
}

/** In the place of a question that is not open any more. */
export function answeredAlreadyView(): View {
  const words =
    'This question was answered already, or is older than 15 minutes: nothing was begun just now. Type the command again to search.';
  return { text: words, blocks: [rows([said(words)])] };
}

function button(id: string, words: string, waiting: string): Button {
  return { type: 'button', action_id: id, value: waiting, text: plain(words, 75) };
}
