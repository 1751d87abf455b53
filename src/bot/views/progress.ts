import { type Capture, isOpen, type RingFileReport, ringsOf } from '../../capture/capture.ts';
import { troubledFiles } from '../../reports/coverage.ts';
import { counted } from '../../reports/figures.ts';
import { coverageRows, troubleBlocksInShort } from './coverage.ts';
import { fetchRows } from './evidence.ts';
import { custodyRows, factRows } from './facts.ts';
import { progressLines, result } from './numbers.ts';
import { statusOf } from './status.ts';
import { planBlock } from './steps.ts';
import { bold, escaped, said, typed } from './text.ts';
import { type Row, rows, type View } from './view.ts';

/**
 * The message in a search's thread, edited as the search advances, step by step; at its end the coverage statement, the facts, the digest
 * and how to fetch it. Where Slack does not take a plan it is the same in rows.
 * @param reports the coverage statement so far, ring file by ring file, or only its troubled files
 * @param host the sensor's host name
 */
export function progressView(capture: Capture, reports: readonly RingFileReport[], host: string): View {
  return isOpen(capture.state) ? running(capture, reports) : ended(capture, reports, host);
}

function running(capture: Capture, reports: readonly RingFileReport[]): View {
  const { emoji, words } = statusOf(capture);
  const lines = capture.progress === null ? [beforeItsFirst(capture)] : progressLines(capture.progress);
  const told = lines.map((line): Row => [said(line)]);
  const troubled = troubleBlocksInShort(capture, reports, 10);
  // Of one ring the plan says it where that ring stands.
  const beside = ringsOf(capture).length > 1 && capture.progress !== null ? [rows(...told)] : [];
  return {
    text: `${emoji} ${capture.id}: ${[words, ...lines].join('. ')}`,
    blocks: [planBlock(capture), ...beside, ...troubled],
    fallback: [rows([bold(`${emoji} ${words}`)], ...told), ...troubled],
  };
}

function beforeItsFirst({ state }: Capture): string {
  return state === 'starting'
    ? 'Waiting until the logger has written what came before the live capture'
    : 'Looking at what the ring holds';
}

function ended(capture: Capture, reports: readonly RingFileReport[], host: string): View {
  const { emoji, words } = statusOf(capture);
  const why: Row[] = capture.why === null ? [] : [[typed(capture.why, 500)]];
  const troubled = troubledFiles(reports).length;
  const text = [`${emoji} ${capture.id}: ${words}`, ...(capture.why === null ? [] : [escaped(capture.why, 300)])];
  // In the order in which they are read: what it looked through, what to know about, what it found, how to have it.
  const statement = [
    rows(...coverageRows(capture, reports), [said('What the logger itself lost is not recorded in a ring.')]),
    ...troubleBlocksInShort(capture, reports, 20),
    ...(capture.facts === null ? [] : [rows(...factRows(capture.facts))]),
    rows(...custodyRows(capture), ...fetchRows(capture, host)),
  ];
  return {
    text: [...text, result(capture), ...(troubled > 0 ? [`${counted(troubled, 'ring file')} to know about`] : [])].join(
      '. ',
    ),
    blocks: [planBlock(capture), ...(why.length === 0 ? [] : [rows(...why)]), ...statement],
    fallback: [rows([bold(`${emoji} ${words}`)], ...why), ...statement],
  };
}
