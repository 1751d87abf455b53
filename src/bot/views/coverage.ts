import type { RichTextBlock } from '@slack/types';
import type { Capture, RingFileOutcome, RingFileReport } from '../../capture/capture.ts';
import {
  notBegunInWords,
  ofLinktypeInWords,
  outcomeNames,
  outcomes,
  readFromPins,
  ringFileName,
  troubledFiles,
  troubledInShort,
} from '../../reports/coverage.ts';
import { count, utcOf } from '../../reports/figures.ts';
import { heldInWords, notHeld } from '../../reports/span.ts';
import { labelled } from './facts.ts';
import { span } from './numbers.ts';
import { bold, code, said, typed } from './text.ts';
import { bulleted, type Row, rows } from './view.ts';

/** What the search looked through: how many ring files met which outcome, what each ring held, and what of the window it did not. */
export function coverageRows(capture: Capture, reports: readonly RingFileReport[]): Row[] {
  const tally = capture.coverage ?? tallied(reports);
  const told = outcomeNames.filter((outcome) => (tally[outcome] ?? 0) > 0);
  const pinned = readFromPins(reports);
  const held = heldInWords(capture);
  if (told.length === 0 && held.length === 0) return [[said('No ring file was looked at.')]];
  return [
    [bold('Ring files:')],
    ...told.map((outcome): Row => {
      const words = `${count(tally[outcome] ?? 0)} ${outcomes[outcome].words}`;
      return [outcomes[outcome].missing ? bold(`⚠️ ${words}`) : said(words)];
    }),
    ...(pinned === null ? [] : [[said(pinned)]]),
    ...held.map(({ ring, words }) => labelled(ring === null ? 'The ring held' : `The ring ${ring} held`, words)),
    ...notHeld(capture).map((missing): Row => [bold(`⚠️ ${missing}`)]),
  ];
}

/** The same in short: the files that a search which ended early never came to are counted, not named. */
export function troubleBlocksInShort(
  capture: Capture,
  reports: readonly RingFileReport[],
  longest: number,
): RichTextBlock[] {
  const { named, ofLinktypes, left } = troubledInShort(capture, reports);
  return [
    ...troubleBlocks(named, longest),
    ...(ofLinktypes.length === 0
      ? []
      : [rows(...ofLinktypes.map((alike): Row => [typed(ofLinktypeInWords(alike), 300)]))]),
    ...(left === null ? [] : [rows([bold(`⚠️ ${notBegunInWords(left)}`)])]),
  ];
}

/** The files that an analyst has to know by name, with the time each covered, at most `longest`; no block where there are none. */
export function troubleBlocks(reports: readonly RingFileReport[], longest: number): RichTextBlock[] {
  const troubled = troubledFiles(reports);
  if (troubled.length === 0) return [];
  return [bulleted([bold('Files to know about:')], troubled, longest, troubleRow)];
}

function troubleRow(report: RingFileReport): Row {
  const covered =
    report.from === null
      ? 'time unknown'
      : report.to === null
        ? `from ${utcOf(report.from)} on`
        : span(report.from, report.to);
  return [code(ringFileName(report), 80), said(' '), typed(becameOf(report), 150), said(` (${covered})`)];
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
