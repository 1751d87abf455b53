import type { Capture } from '../../capture/capture.ts';
import { fetchRows } from './evidence.ts';
import { countRows, custodyRows, factRows } from './facts.ts';
import { numbers } from './numbers.ts';
import { statusOf } from './status.ts';
import { bold, escaped, said, typed } from './text.ts';
import { type Row, rows, type View } from './view.ts';

/**
 * The message in a live capture's thread at its ending: why, the counts, the savefile's facts, its digest in full, how to fetch it.
 * @param host the sensor's host name
 */
export function endingView(capture: Capture, host: string): View {
  const { emoji, words } = statusOf(capture);
  const why: Row[] = capture.why === null ? [] : [[typed(capture.why, 500)]];
  const text = `${emoji} ${capture.id}: ${words}${capture.why === null ? '' : ` (${escaped(capture.why, 300)})`}`;
  const title = rows([bold(`${emoji} ${words}`)], ...why);
  if (capture.state === 'failed') return { text, blocks: [title] };
  const facts = capture.facts === null ? [[said(numbers(capture))]] : factRows(capture.facts);
  // In the order in which they are read: what came of it, what was caught, how to have it.
  const told = [rows(...countRows(capture), ...facts), rows(...custodyRows(capture), ...fetchRows(capture, host))];
  return { text: `${text}. ${numbers(capture)}`, blocks: [title, ...told] };
}
