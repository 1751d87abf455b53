import {
  type Capture,
  type EarlierSavefile,
  isOpen,
  type JoinedPart,
  type RingFileReport,
  ringsOf,
  searchedToItsEnd,
  type Tally,
} from '../capture/capture.ts';
import type { Deletion } from '../capture/evidence.ts';
import { counted } from '../capture/quantities.ts';
import {
  coveredInWords,
  notBegunInWords,
  ofLinktypeInWords,
  outcomeNames,
  outcomes,
  readFromPins,
  ringFileName,
  troubledFiles,
  troubledInShort,
} from '../reports/coverage.ts';
import { between, utcOf } from '../reports/figures.ts';
import { joinInWords } from '../reports/join.ts';
import { heldInWords, notHeld, taggedInWords } from '../reports/span.ts';
import { oneLine } from '../reports/words.ts';
import { type Shown, zonedTime } from './clock.ts';
import { fileInfoLines } from './facts.ts';
import { labelled, type Row } from './labels.ts';
import { blockRows, deletedRow, type FileStatus, limitsInWords, packetsInWords, ringRow } from './print.ts';

function earlierInWords({ savefile, packets, sha256, why }: EarlierSavefile): string {
  return `${savefile} (${packets === null ? 'packets not counted' : counted(packets, 'packet')}, SHA-256 ${sha256 ?? 'not made'}; ${oneLine(why)})`;
}

function kindInWords({ kind, joined }: Capture): string {
  if (joined !== null) return 'joined savefile';
  return kind === 'live' ? 'live capture' : 'search of the past';
}

function partInWords({ capture, savefile, packets, sha256 }: JoinedPart): string {
  return `${capture} ${savefile} (${counted(packets, 'packet')}, SHA-256 ${sha256})`;
}

/** A capture with all that is known of it: what `show` prints. */
export function wholeLines(
  capture: Capture,
  {
    reports,
    status,
    deletion,
  }: {
    readonly reports: readonly RingFileReport[];
    readonly status: FileStatus;
    readonly deletion?: Deletion | undefined;
  },
  shown: Shown,
): string[] {
  const rows: Row[] = [
    ['Id', capture.id],
    ['Kind', kindInWords(capture)],
    ['State', capture.state],
    ...(capture.orderedBy === capture.analyst ? [] : [['Ordered by', capture.orderedBy] as const]),
    ...optional('Approved by', capture.approvedBy),
    ...blockRows(capture, status, shown),
    ...optional('Case', capture.case),
    ...optional('Interface', capture.interface),
    ...ringRow(capture),
    ...windowRow(capture),
    ['Snaplen', `${capture.snaplen} bytes`],
    ...optional(`Expanded${taggedInWords(capture)}`, capture.expanded && oneLine(capture.expanded)),
    ...optional('Limits', limitsInWords(capture, shown.timezone).join(', ') || null),
    ...(capture.joined ?? []).map((part) => ['Joined from', partInWords(part)] as const),
    ...optional('Join', capture.join && joinInWords(capture.join)),
    ...capture.earlier.map((earlier) => ['Earlier', earlierInWords(earlier)] as const),
    ...optional('Ended', capture.endedAt === null ? null : zonedTime(capture.endedAt, shown.timezone)),
    ...optional('Why', capture.why),
    ['Packets', packetsInWords(capture)],
    ...(isOpen(capture.state) ? [] : [['SHA-256', capture.sha256 ?? 'not made'] as const]),
    ...deletedRow(deletion, shown),
  ];
  return [
    ...labelled(rows),
    ...(capture.kind === 'past' && capture.joined === null ? coverageLines(capture, reports) : []),
    ...(capture.facts === null ? [] : ['', ...fileInfoLines(capture)]),
  ];
}

/** What `stop` prints of a capture: how it ended and its counts; in detail its block and its savefile's facts, too. */
export function stoppedLines(
  capture: Capture,
  { status, details }: { readonly status: FileStatus; readonly details: boolean },
  shown: Shown,
): string[] {
  const ended = [...endedLine(capture), packetsLine(capture)];
  const block: Row[] = [...blockRows(capture, status, shown), ['Id', capture.id]];
  return details ? [...ended, ...labelled(block, 16), ...fileInfoLines(capture)] : ended;
}

/** What a search prints at its end: how it ended, what it found, and what it looked through. */
export function foundLines(capture: Capture, reports: readonly RingFileReport[]): string[] {
  const kept = capture.state === 'cancelled' ? ['What was merged until then is kept.'] : [];
  const { named, ofLinktypes, left } = troubledInShort(capture, reports);
  return [
    ...endedLine(capture),
    packetsLine(capture),
    ...kept,
    ...tallyLines(capture, reports),
    ...named.map(troubleLine),
    ...ofLinktypes.map((alike) => `  ${ofLinktypeInWords(alike)}`),
    ...(left === null ? [] : [`  ${notBegunInWords(left)}: capture show ${capture.id} names each`]),
  ];
}

/** What a search or both prints of the savefile that all of it was joined into. */
export function joinedLines(capture: Capture): string[] {
  return [...endedLine(capture), packetsLine(capture)];
}

/** The coverage statement: how many ring files met which outcome, then a line for each that an analyst must know of. */
export function coverageLines(capture: Capture, reports: readonly RingFileReport[]): string[] {
  return [...tallyLines(capture, reports), ...troubledFiles(reports).map(troubleLine)];
}

/** How many ring files met which outcome, of each ring where there are several, what the rings held, and what of the window they did not. */
function tallyLines(capture: Capture, reports: readonly RingFileReport[]): string[] {
  const held = heldInWords(capture);
  const none = held.length === 0 ? 'none was looked at' : 'none in the ring';
  const line = (of: string, tally: Tally | null | undefined, told: readonly RingFileReport[]) => {
    const met = outcomeNames.flatMap((name) => {
      const files = tally?.[name] ?? 0;
      return files === 0 ? [] : [`${files} ${outcomes[name].words}`];
    });
    const words = [...met, ...[readFromPins(told)].filter((pinned) => pinned !== null)];
    return `${of}: ${words.length === 0 ? none : words.join('; ')}`;
  };
  const rings = ringsOf(capture);
  const tallies =
    rings.length > 1
      ? rings.map((name) => {
          const told = reports.filter(({ ring }) => ring === name);
          return line(`Ring files of ${name}`, capture.coverageByRing?.[name], told);
        })
      : [line('Ring files', capture.coverage, reports)];
  return [
    ...tallies,
    ...held.map(({ ring, words }) => `Ring ${ring === null ? '' : `${ring} `}held: ${words}`),
    ...notHeld(capture).map((missing) => `Not held: ${missing}`),
  ];
}

function troubleLine(report: RingFileReport): string {
  const { outcome, detail, from, to } = report;
  const why = detail === null ? '' : `: ${detail}`;
  return `  ${oneLine(`${ringFileName(report)} ${outcomes[outcome].words}${why} (${coveredInWords(from, to)})`)}`;
}

function endedLine(capture: Capture): string[] {
  const ending = `${capture.state.charAt(0).toUpperCase()}${capture.state.slice(1)}: ${capture.savefile}`;
  const { state, why } = capture;
  // A person's own order and a search that came to its end need no reason, unless the evidence has a hole.
  if (why === null || (!why.includes('; ') && (state === 'stopped' || why === searchedToItsEnd))) return [ending];
  return [ending, `Why: ${oneLine(why)}`];
}

function packetsLine(capture: Capture): string {
  const bytes = capture.bytes === null ? 'size unknown' : `${capture.bytes} bytes`;
  return `${packetsInWords(capture)}; ${bytes}`;
}

function windowRow(capture: Capture): Row[] {
  const { window } = capture;
  if (window === null) return [];
  const { since, until } = window;
  if (since !== null && until !== null) return [['Window', between(since, until)]];
  if (since !== null) return [['Window', `since ${utcOf(since)}`]];
  return [
    [
      'Window',
      until === null
        ? `all that the ring${ringsOf(capture).length > 1 ? 's hold' : ' holds'}`
        : `up to ${utcOf(until)}`,
    ],
  ];
}

function optional(label: string, value: string | null): Row[] {
  return value === null ? [] : [[label, oneLine(value)]];
}
