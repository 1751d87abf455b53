import { type Capture, type Micros, notBegun, type RingFileOutcome, type RingFileReport } from '../capture/capture.ts';
import { pinReadFrom } from '../capture/pin.ts';
import { between, count, counted, utcOf } from './figures.ts';

/** What each outcome means to an analyst, and whether packets of the window may be missing because of it. */
export const outcomes = {
  searched: { words: 'searched', missing: false },
  'outside window': { words: 'outside the window', missing: false },
  empty: { words: 'empty', missing: false },
  cut: { words: 'cut, read to the last whole packet', missing: false },
  damaged: { words: 'damaged, read as far as possible', missing: true },
  pruned: { words: 'pruned by the logger before it was read', missing: true },
  unreadable: { words: 'unreadable', missing: true },
  'other linktype': { words: 'of another linktype, left out', missing: true },
  'not searched': { words: 'not searched', missing: true },
} as const satisfies Record<RingFileOutcome, { readonly words: string; readonly missing: boolean }>;

/** The outcomes in the order in which a coverage statement names them. */
export const outcomeNames: readonly RingFileOutcome[] = [
  'searched',
  'outside window',
  'empty',
  'cut',
  'damaged',
  'pruned',
  'unreadable',
  'other linktype',
  'not searched',
];

/**
 * The ring files that an analyst has to know by name: those with packets missing or something to say about them. Files outside the window
 * or read whole from a pin are counted, not named: there may be hundreds.
 */
export function troubledFiles(reports: readonly RingFileReport[]): RingFileReport[] {
  return reports.filter(
    ({ outcome, detail }) =>
      outcomes[outcome].missing ||
      (detail !== null && outcome !== 'outside window' && pinReadFrom(detail) === undefined),
  );
}

/** How many ring files were read from which pins, for the logger has pruned them; null where none was. */
export function readFromPins(reports: readonly RingFileReport[]): string | null {
  const pins = reports.flatMap(({ detail }) => pinReadFrom(detail) ?? []);
  return pins.length === 0 ? null : `${count(pins.length)} read from ${[...new Set(pins)].join(', ')}`;
}

/** The name of a ring file, in front of it that of its ring where several were searched. */
export function ringFileName({ ring, file }: Pick<RingFileReport, 'ring' | 'file'>): string {
  return ring === undefined ? file : `${ring}/${file}`;
}

/** Ring files that a search which ended early never came to. */
export interface NotBegun {
  readonly files: number;
  /** From when to when their packets are, as far as that is known and inside the window. */
  readonly from: Micros | null;
  readonly to: Micros | null;
}

/** Ring files of one linktype that the savefile does not have, and what becomes of them. */
export interface OfLinktype {
  readonly files: number;
  readonly detail: string;
}

/** Files that an analyst has to know of: by name, and put together where a search may have hundreds alike. */
export interface TroubledInShort {
  readonly named: RingFileReport[];
  readonly ofLinktypes: OfLinktype[];
  /** Those that a search which ended early never came to; null where there are none. */
  readonly left: NotBegun | null;
}

/** The files that an analyst has to know of, those put together of which there are several alike. */
export function troubledInShort(
  capture: Pick<Capture, 'window' | 'ringSpans'>,
  reports: readonly RingFileReport[],
): TroubledInShort {
  const troubled = troubledFiles(reports);
  const alike = Map.groupBy(troubled, kindOf);
  const several = (kind: string | null) => kind !== null && (alike.get(kind)?.length ?? 0) > 1;
  const [left = [], ofLinktypes] = [
    several(notSearched) ? alike.get(notSearched) : [],
    [...alike].flatMap(([detail, { length: files }]) =>
      detail !== null && detail !== notSearched && several(detail) ? [{ files, detail }] : [],
    ),
  ];
  return {
    named: troubled.filter((report) => !several(kindOf(report))),
    ofLinktypes,
    left: left.length === 0 ? null : notBegunOf(capture, left),
  };
}

const notSearched = 'not searched';

/** What files that are told together have in common; null of one that is always named. */
function kindOf(report: RingFileReport): string | null {
  if (isNotBegun(report)) return notSearched;
  return report.outcome === 'other linktype' ? report.detail : null;
}

/** `48 ring files of another linktype: linktype 101, while the savefile has 1`. */
export function ofLinktypeInWords({ files, detail }: OfLinktype): string {
  return `${counted(files, 'ring file')} of another linktype: ${detail}`;
}

function notBegunOf(
  { window, ringSpans }: Pick<Capture, 'window' | 'ringSpans'>,
  left: readonly RingFileReport[],
): NotBegun {
  const begins = left.flatMap(({ from }) => from ?? []);
  const first = begins.length === 0 ? null : Math.min(...begins);
  const ended = ringSpans
    .filter(({ ring }) => left.some((report) => report.ring === undefined || report.ring === ring))
    .map(({ to, writtenAt }) => to ?? (writtenAt === null ? null : writtenAt * 1_000))
    .filter((end) => end !== null);
  const ends = [ended.length === 0 ? null : Math.max(...ended), window?.until ?? null];
  const known = ends.filter((end) => end !== null);
  return {
    files: left.length,
    from: first === null ? null : Math.max(first, window?.since ?? first),
    to: known.length === 0 ? null : Math.min(...known),
  };
}

/** `96 ring files not searched, the search ended before them: 2026-11-24 02:10:05 UTC to 2026-11-24 03:46:05 UTC`. */
export function notBegunInWords({ files, from, to }: NotBegun): string {
  return `${counted(files, 'ring file')} not searched, the search ended before them: ${coveredInWords(from, to)}`;
}

/** The time that ring files cover, as far as it is known. */
export function coveredInWords(from: Micros | null, to: Micros | null): string {
  return from === null ? 'time unknown' : to === null ? `from ${utcOf(from)} on` : between(from, to);
}

function isNotBegun({ outcome, detail }: RingFileReport): boolean {
  return outcome === 'not searched' && (detail === notBegun.cancelled || detail === notBegun.ended);
}

/**
 * How many ring files of the window may hold packets that nobody searched for. Not those of another linktype: a search of their own follows, or
 * the expression means nothing for them, and their lines say which.
 */
export function filesMissed(coverage: Capture['coverage']): number {
  return outcomeNames
    .filter((outcome) => outcomes[outcome].missing && outcome !== 'other linktype')
    .reduce((sum, outcome) => sum + (coverage?.[outcome] ?? 0), 0);
}
