import type { Capture } from '../capture/capture.ts';
import { headInWords } from '../capture/orders.ts';
import { orderInWords } from './clicked.ts';
import { filesMissed } from './coverage.ts';
import { type AnalystDay, type Attempted, type Digest, didInWords, whoOf } from './digest.ts';
import { diskInWords } from './disk.ts';
import { counted, size, utc } from './figures.ts';
import { chainFaultsInWords, doubtsInWords } from './findings.ts';
import { holesInWords } from './holes.ts';
import { pinboardInWords } from './pins.ts';
import { clip, oneLine } from './words.ts';

const widest = 80;

/**
 * The report for a terminal or a mail: lines of at most 80 columns, but for the hash of the audit log, which must stay whole.
 * What people typed cannot steer the terminal: unseen characters are written out.
 */
export function digestLines(digest: Digest): string[] {
  const lines = [
    `${digest.sensor}, ${digest.date} (${digest.timezone})${digest.soFar ? ', so far' : ''}`,
    `${utc(digest.from)} to ${utc(digest.to)}`,
    '',
    ...inShort(digest),
    ...part('Needs a look', attentionLines(digest)),
    ...part(digest.soFar ? 'Running' : 'Running at the end of the day', digest.running.map(runningLine)),
    ...part('By analyst', digest.analysts.map(analystLine)),
    ...part('Refused', digest.refused.flatMap(attemptLines)),
    ...part('Disk', [diskInWords(digest.disk)]),
    ...part('Pinned', pinboardInWords(digest.pinned, digest.madeAt)),
    '',
    `Audit log at entry ${digest.head.seq}; for capture audit verify --head`,
    `  ${headInWords(digest.head)}`,
  ];
  // A terminal's font may lack the thin space.
  return lines.map((line) => line.replaceAll('\u202F', ' '));
}

function inShort(digest: Digest): string[] {
  if (digest.quiet) {
    return [
      `A quiet day: nothing started, searched, ended or refused; ${counted(digest.running.length, 'capture')} running.`,
    ];
  }
  const told = [
    `${counted(digest.started.length, 'capture')} started`,
    `${counted(digest.searched.length, 'search', 'searches')}`,
    `${digest.ended.length} ended`,
    `${digest.refused.length} refused`,
  ];
  return [told.join(', '), `${size(digest.bytesKept)} kept, ${counted(digest.running.length, 'capture')} running`];
}

function attentionLines({ attention }: Digest): string[] {
  const faults = attention.audit === null ? [] : chainFaultsInWords(attention.audit);
  return [
    ...faults.flatMap((fault) => [fault, '  capture audit verify tells more']),
    ...doubtsInWords(attention.doubtful).flatMap((doubt) => [doubt, '  capture verify tells more']),
    ...attention.broken.map((capture) => named(capture, `${capture.state}: ${capture.why ?? 'no reason known'}`)),
    ...attention.holed.map((capture) => named(capture, holesInWords(capture).join(', '))),
    ...attention.gaps.map((capture) =>
      named(capture, `${counted(filesMissed(capture.coverage), 'ring file')} not or not wholly searched`),
    ),
    ...attention.failed.flatMap(attemptLines),
  ];
}

function runningLine(capture: Capture): string {
  return named(capture, `${capture.interface ?? 'search'} since ${utc(capture.startedAt)}`);
}

/** What is told of a capture comes before its description: of a long line the end is cut off. */
function named(capture: Capture, words: string): string {
  return `${capture.id} ${capture.analyst} ${words}: ${capture.description}`;
}

function analystLine(day: AnalystDay): string {
  return `${day.analyst}: ${[...didInWords(day), `${size(day.bytesKept)} kept`].join(', ')}`;
}

function attemptLines(attempt: Attempted): string[] {
  const { outcome, why } = attempt;
  const became = outcome === 'unknown' ? ['  nobody knows how it ended'] : outcome === 'failed' ? ['  failed'] : [];
  const line = `${utc(attempt.at)} ${whoOf(attempt)}: ${orderInWords(attempt)}`;
  if (why === null) return [line, ...became];
  return [line, `${became[0] ?? ' '}${became.length > 0 ? ': ' : ' '}${oneLine(why)}`];
}

function part(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${clip(shown(line), widest - 2)}`)];
}

/** A second line of an entry keeps its indent. */
function shown(line: string): string {
  return `${line.startsWith('  ') ? '  ' : ''}${oneLine(line)}`;
}
