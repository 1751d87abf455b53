import type { Capture } from '../../capture/capture.ts';
import { countRows, custodyRows, factRows } from './facts.ts';
import { numbers } from './numbers.ts';
import { statusOf } from './status.ts';
import { bold, escaped, said, typed } from './text.ts';
import { type Row, rows, type View } from './view.ts';

/** The message in a live capture's thread at its ending: why, the counts, the savefile's facts, its digest in full. */
export function endingView(capture: Capture): View {
  const { emoji, words } = statusOf(capture);
  const why: Row[] = capture.why === null ? [] : [[typed(capture.why, 500)]];
  const text = `${emoji} ${capture.id}: ${words}${capture.why === null ? '' : ` (${escaped(capture.why, 300)})`}`;
  if (capture.state === 'failed') return { text, blocks: [rows([bold(`${emoji} ${words}`)], ...why)] };
  const facts = capture.facts === null ? [[said(numbers(capture))]] : factRows(capture.facts);
  return {
    text: `${text}. ${numbers(capture)}`,
    blocks: [
      rows([bold(`${emoji} ${words}`)], ...why),
      rows(...countRows(capture), ...facts),
      rows(...custodyRows(capture)),
    ],
  };
}
