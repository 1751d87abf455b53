import type { Millis } from '../capture/capture.ts';
import { dateIn, dayBounds, daysAfter, momentOf } from './day.ts';

/** A digest that nobody got for a week is history: the audit log has it. */
const longestCatchUp = 7;

export interface Due {
  /** The newest day whose digest was posted, `yyyy-mm-dd`; null before the first. */
  readonly lastPosted: string | null;
  readonly now: Millis;
  /** Wall clock `HH:MM` of the zone at which a day's digest is due, the day after. */
  readonly at: string;
  readonly timezone: string;
}

/**
 * The days whose digests have to be sent now, oldest first: each missed one of the last seven. Before the first digest only
 * yesterday's, so that whoever installs the bot sees at once that the channel works. A change of the zone never sends a date twice;
 * up to a day's hours may then be told twice or be in no digest, and are in the audit log either way.
 * @throws CaptureError `bad_request` for a time or zone that does not exist
 */
export function daysDue({ lastPosted, now, at, timezone }: Due): string[] {
  const today = dateIn(timezone, now);
  const newest = now >= momentOf(today, at, timezone) ? daysAfter(today, -1) : daysAfter(today, -2);
  const days = Array.from({ length: longestCatchUp }, (_, back) => daysAfter(newest, -back));
  const missed = lastPosted === null ? days.slice(0, 1) : days.filter((date) => date > lastPosted);
  return missed.filter((date) => isDay(date, timezone)).toReversed();
}

/** A zone that crosses the date line skips a date: nothing happened on it. */
function isDay(date: string, timezone: string): boolean {
  const { from, to } = dayBounds(date, timezone);
  return to > from;
}
