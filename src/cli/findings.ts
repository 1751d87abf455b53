import type { Finding, Verdict } from '../doctor/finding.ts';
import { manyLines, oneLine } from '../reports/words.ts';

const verdicts: Readonly<Record<Verdict, string>> = {
  ok: 'ok',
  warning: 'warning',
  broken: 'BROKEN',
  skipped: 'skipped',
};
const verdictColumn = 9;
const checkColumn = 18;
const foundColumn = verdictColumn + checkColumn;
/** Below this nothing can be read, however narrow the terminal. */
const narrowest = 50;
/** A line of prose is not read any wider. */
const widest = 110;

/**
 * A finding on a line, aligned with the others and wrapped at the terminal's width, then what to do about it. A command stands alone on a
 * line and is never wrapped, so that it can be copied.
 */
export function findingLines(finding: Finding, columns: number): string[] {
  const width = Math.min(widest, Math.max(narrowest, columns - 1));
  const found = manyLines(finding.found)
    .split('\n')
    .flatMap((line) => wrapped(line, width - foundColumn));
  return [...heading(finding, found), ...('mend' in finding ? mendLines(finding.mend, width) : [])];
}

/** What all findings come to, and what to do first. */
export function summaryLine(findings: readonly Finding[]): string {
  const count = (verdict: Verdict) => findings.filter((finding) => finding.verdict === verdict).length;
  const [warnings, broken] = [count('warning'), count('broken')];
  const counts = `${count('ok')} ok, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}, ${broken} broken, ${count('skipped')} skipped`;
  if (broken > 0) return `${counts}: mend what is BROKEN first.`;
  return warnings > 0 ? `${counts}: nothing is broken.` : `${counts}: nothing is wrong.`;
}

function heading({ verdict, check }: Finding, found: readonly string[]): string[] {
  const start = `${verdicts[verdict].padEnd(verdictColumn)}${check}`;
  const lines = found.map((line) => `${' '.repeat(foundColumn)}${line}`);
  // A name longer than its column has a line for itself.
  if (check.length >= checkColumn) return [start, ...lines];
  const [first = '', ...more] = lines;
  return [`${start.padEnd(foundColumn)}${first.slice(foundColumn)}`, ...more];
}

function mendLines({ say, command }: { say: string; command: string | null }, width: number): string[] {
  const margin = ' '.repeat(verdictColumn + 2);
  return [
    ...wrapped(oneLine(say), width - margin.length).map((line) => `${margin}${line}`),
    ...(command === null ? [] : [`${margin}  ${oneLine(command)}`]),
  ];
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
