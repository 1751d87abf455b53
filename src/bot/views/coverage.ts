import type { RichTextBlock } from '@slack/types';
import type { Capture, RingFileOutcome, RingFileReport } from '../../capture/capture.ts';
import { outcomeNames, outcomes, readFromPins, troubledFiles } from '../../reports/coverage.ts';
import { count, utcOf } from '../../reports/figures.ts';
import { span } from './numbers.ts';
import { bold, code, said, typed } from './text.ts';
import { bulleted, type Row } from './view.ts';

/** What the search looked through: how many ring files met which outcome, and the oldest packet that the ring still held. */
export function coverageRows(capture: Capture, reports: readonly RingFileReport[]): Row[] {
  const tally = capture.coverage ?? tallied(reports);
  const told = outcomeNames.filter((outcome) => (tally[outcome] ?? 0) > 0);
  if (told.length === 0) return [[said('No ring files in the window.')]];
  const pinned = readFromPins(reports);
  const oldest = reports.reduce<number | null>(
    (at, { from }) => (from !== null && (at === null || from < at) ? from : at),
    null,
  );
  return [
    [bold('Ring files:')],
    ...told.map((outcome): Row => {
      const words = `${count(tally[outcome] ?? 0)} ${outcomes[outcome].words}`;
      return [outcomes[outcome].missing ? bold(`⚠️ ${words}`) : said(words)];
    }),
    ...(pinned === null ? [] : [[said(pinned)]]),
    ...(oldest === null ? [] : [[said(`Oldest packet in the ring: ${utcOf(oldest)}`)]]),
  ];
}

/** The files that an analyst has to know by name, with the time each covered, at most `longest`; no block where there are none. */
export function troubleBlocks(reports: readonly RingFileReport[], longest: number): RichTextBlock[] {
  const troubled = troubledFiles(reports);
  if (troubled.length === 0) return [];
  return [bulleted([bold('Files to know about:')], troubled, longest, troubleRow)];
}

function troubleRow(report: RingFileReport): Row {
  const covered = report.from === null || report.to === null ? 'time unknown' : span(report.from, report.to);
  return [code(report.file, 80), said(' '), typed(becameOf(report), 150), said(` (${covered})`)];
}

function becameOf({ outcome, detail }: RingFileReport): string {
  if (detail === null) return outcomes[outcome].words;
  return detail.startsWith(outcome) ? detail : `${outcome}: ${detail}`;
}

function tallied(reports: readonly RingFileReport[]): Partial<Record<RingFileOutcome, number>> {
  const tally: Partial<Record<RingFileOutcome, number>> = {};
  for (const { outcome } of reports) tally[outcome] = (tally[outcome] ?? 0) + 1;
  return tally;
}
