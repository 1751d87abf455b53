import type { Capture } from '../capture/capture.ts';
import { holesInWords } from '../reports/holes.ts';
import { oneLine } from '../reports/words.ts';
import { clockTime, type Zone, zoneLine } from './clock.ts';

/** Where lines are shown to a person. */
export interface Sheet {
  readonly timezone: Zone;
  /** Width of the terminal. */
  readonly columns: number;
  /** Whether there are ended captures among the others, so that each needs its state. */
  readonly all: boolean;
  /** Captures whose savefile retention has deleted, by their ids. */
  readonly deleted: ReadonlySet<string>;
}

/** However narrow the terminal, so much of a description is shown. */
const shortestDescription = 16;

/**
 * The list for a person: a capture a line as scripts get it, the description cut to the terminal's width, and behind it in brackets the id
 * that the other verbs take, the state where it is not plain, and what is missing from its evidence; above them the zone.
 */
export function listedLines(captures: readonly Capture[], { timezone, columns, all, deleted }: Sheet): string[] {
  const lines = captures.map((capture) => {
    const begins = `${capture.analyst} ${clockTime(capture.startedAt, timezone)} `;
    const known = all ? `${capture.id} ${capture.state}` : capture.id;
    const gone = deleted.has(capture.id) ? ['savefile deleted'] : [];
    const ends = ` [${[known, ...gone, ...holesInWords(capture)].join(', ')}]`;
    const room = Math.max(shortestDescription, columns - widthOf(begins) - widthOf(ends));
    return `${begins}${fitted(oneLine(capture.description), room)}${ends}`;
  });
  return [...zoneLine(captures, { timezone, terminal: true }), ...lines];
}

/** As much of a text as so many columns hold; what is cut off shows as `…`. */
function fitted(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let kept = '';
  let left = columns - 1;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    left -= widthOf(segment);
    if (left < 0) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

/** Signs that a terminal shows two columns wide (Unicode TR 11, the ranges that are wide throughout, and pictographs). */
const wide =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{20000}-\u{3FFFD}]|\p{Emoji_Presentation}/u;

/** Columns of a terminal; marks on another sign take none. */
function widthOf(text: string): number {
  let columns = 0;
  for (const sign of text) columns += /[\p{M}\u200D]/u.test(sign) ? 0 : wide.test(sign) ? 2 : 1;
  return columns;
}
