import { type Capture, isOpen, type RingFileReport } from '../../capture/capture.ts';
import { troubledFiles } from '../../reports/coverage.ts';
import { counted } from '../../reports/figures.ts';
import { coverageRows, troubleBlocksInShort } from './coverage.ts';
import { custodyRows, factRows } from './facts.ts';
import { progressLines, result } from './numbers.ts';
import { statusOf } from './status.ts';
import { bold, escaped, said, typed } from './text.ts';
import { type Row, rows, type View } from './view.ts';

/**
 * The message in a search's thread, edited as the search advances; at its end the coverage statement, the facts and the digest.
 * @param reports the coverage statement so far, ring file by ring file, or only its troubled files
 */
export function progressView(capture: Capture, reports: readonly RingFileReport[]): View {
  return isOpen(capture.state) ? running(capture, reports) : ended(capture, reports);
}

function running(capture: Capture, reports: readonly RingFileReport[]): View {
  const { emoji, words } = statusOf(capture);
  const lines = capture.progress === null ? [beforeItsFirst(capture)] : progressLines(capture.progress);
  return {
    text: `${emoji} ${capture.id}: ${[words, ...lines].join('. ')}`,
    blocks: [
      rows([bold(`${emoji} ${words}`)], ...lines.map((line) => [said(line)])),
      ...troubleBlocksInShort(capture, reports, 10),
    ],
  };
}

function beforeItsFirst({ state }: Capture): string {
  return state === 'starting'
    ? 'Waiting until the logger has written what came before the live capture'
    : 'Looking at what the ring holds';
}

function ended(capture: Capture, reports: readonly RingFileReport[]): View {
  const { emoji, words } = statusOf(capture);
  const why: Row[] = capture.why === null ? [] : [[typed(capture.why, 500)]];
  const troubled = troubledFiles(reports).length;
  const text = [`${emoji} ${capture.id}: ${words}`, ...(capture.why === null ? [] : [escaped(capture.why, 300)])];
  return {
    text: [...text, result(capture), ...(troubled > 0 ? [`${counted(troubled, 'ring file')} to know about`] : [])].join(
      '. ',
    ),
    blocks: [
      rows([bold(`${emoji} ${words}`)], ...why),
      rows(...coverageRows(capture, reports), [said('What the logger itself lost is not recorded in a ring.')]),
      ...troubleBlocksInShort(capture, reports, 20),
      rows(...(capture.facts === null ? [] : factRows(capture.facts)), ...custodyRows(capture)),
    ],
  };
}
