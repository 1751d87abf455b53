import type { Capture, RingFileOutcome, RingFileReport } from '../capture/capture.ts';
import { pinReadFrom } from '../capture/pin.ts';
import { count } from './figures.ts';

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

/** How many ring files of the window may hold packets that the savefile lacks. */
export function filesMissed(coverage: Capture['coverage']): number {
  return outcomeNames
    .filter((outcome) => outcomes[outcome].missing)
    .reduce((sum, outcome) => sum + (coverage?.[outcome] ?? 0), 0);
}
