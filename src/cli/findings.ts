import type { Finding, Verdict } from '../doctor/finding.ts';
import { manyLines, oneLine } from '../reports/words.ts';

const verdicts: Readonly<Record<Verdict, string>> = { ok: 'ok', warning: 'warning', broken: 'BROKEN', skipped: 'skipped' };
const verdictColumn = 9;
const checkColumn = 18;
/** Below this nothing can be read, however narrow the terminal. */
const narrowest = 40;
/** A line of prose is not read any wider. */
const widest = 100;

/**
 * A finding on a line, aligned below the others and wrapped at the terminal's width, then what to do about it. A command stands alone on a
 * line and is never wrapped, so that it can be copied.
 */
export function findingLines(finding: Finding, columns: number): string[] {
  const width = Math.min(widest, Math.max(narrowest, columns - 1)) - verdictColumn - checkColumn;
  const [first = '', ...more] = manyLines(finding.found)
    .split('\n')
    .flatMap((line) => wrapped(line, width));
  const margin = ' '.repeat(verdictColumn + checkColumn);
  const mend = finding.verdict === 'warning' || finding.verdict === 'broken' ? finding.mend : null;
  return [
    ...heading(finding, first),
    ...[...more, ...(mend === null ? [] : wrapped(oneLine(mend.say), width))].map((line) => `${margin}${line}`),
    ...(mend?.command ? [`${margin}  ${oneLine(mend.command)}`] : []),
  ];
}

/** What all findings come to, and what to do first. */
export function summaryLine(findings: readonly Finding[]): string {
  const count = (verdict: Verdict) => findings.filter((finding) => finding.verdict === verdict).length;
  const [fine, warnings, broken, skipped] = (['ok', 'warning', 'broken', 'skipped'] as const).map(count);
  const counts = `${fine} ok, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}, ${broken} broken, ${skipped} skipped`;
  if (broken) return `${counts}: mend what is BROKEN first.`;
  return warnings ? `${counts}: nothing is broken, look at the warnings.` : `${counts}: nothing is wrong.`;
}

/** A name longer than its column has the line for itself. */
function heading({ verdict, check }: Finding, found: string): string[] {
  const start = `${verdicts[verdict].padEnd(verdictColumn)}${check}`;
  if (check.length < checkColumn) return [`${start.padEnd(verdictColumn + checkColumn)}${found}`];
  return [start, `${' '.repeat(verdictColumn + checkColumn)}${found}`];
}

/** Words in lines of at most so many columns; a word that is longer stands alone. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.trim().split(/ +/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
