import type { Millis } from '../capture/capture.ts';
import { CaptureError } from '../capture/errors.ts';

/** From the first instant of a day to before the first of the next. */
export interface DayBounds {
  readonly from: Millis;
  readonly to: Millis;
}

const day = 86_400_000;
const hour = 3_600_000;

/**
 * A calendar day's bounds in a zone: 23 or 25 hours where clocks change in it, none at all where the zone skipped the date.
 * Days meet without gap or overlap: each begins at the first instant at which the zone's calendar has reached it.
 * @throws CaptureError `bad_request` for a date or a zone that does not exist
 */
export function dayBounds(date: string, timezone: string): DayBounds {
  const midnight = readDate(date);
  const clock = clockOf(timezone);
  return { from: firstInstant(clock, midnight), to: firstInstant(clock, midnight + day) };
}

/**
 * The first instant of a day at which the zone's clock shows `at` or later: where clocks skip it, the end of the skipped hour;
 * where they show it twice, the first time.
 * @param at wall clock `HH:MM`
 * @throws CaptureError `bad_request` for a date, a time or a zone that does not exist
 */
export function momentOf(date: string, at: string, timezone: string): Millis {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(at);
  if (!match) throw new CaptureError('bad_request', `${at} is not a time of day: write it as 08:00`);
  return firstInstant(clockOf(timezone), readDate(date) + Number(match[1]) * hour + Number(match[2]) * 60_000);
}

/**
 * The date that a zone's calendar shows, `yyyy-mm-dd`.
 * @throws CaptureError `bad_request` for a zone that does not exist
 */
export function dateIn(timezone: string, now: Millis): string {
  return writeDate(clockOf(timezone)(now));
}

/** The date, `yyyy-mm-dd`, that a command names: itself, `yesterday`, or today where it names none; in the zone of the reports. */
export function dateNamed(date: string | null, timezone: string, now: Millis): string {
  if (date === null) return dateIn(timezone, now);
  return date === 'yesterday' ? daysAfter(dateIn(timezone, now), -1) : date;
}

/** The date so many days later, `yyyy-mm-dd`; earlier where it is negative. */
export function daysAfter(date: string, days: number): string {
  return writeDate(readDate(date) + days * day);
}

/** What the wall clock shows at an instant, written as if it were UTC. */
type Clock = (at: Millis) => number;

/** Zones are at most 14 hours ahead of and 12 behind UTC, and change their clocks at most once in the day around an instant. */
function firstInstant(clock: Clock, wall: number): Millis {
  const before = clock(wall - 15 * hour) - (wall - 15 * hour);
  const after = clock(wall + 13 * hour) - (wall + 13 * hour);
  const early = wall - before;
  if (clock(early) === wall) return early;
  const late = wall - after;
  if (clock(late) === wall) return late;
  return changeBetween(clock, Math.min(early, late), Math.max(early, late), before);
}

/** The wall clock jumped over what was asked for: the instant of the jump. */
function changeBetween(clock: Clock, from: Millis, to: Millis, before: number): Millis {
  let still = from - 1;
  let changed = to;
  while (changed - still > 1) {
    const middle = Math.floor((still + changed) / 2);
    if (clock(middle) - middle === before) still = middle;
    else changed = middle;
  }
  return changed;
}

function clockOf(timezone: string): Clock {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      ...{ timeZone: timezone, hourCycle: 'h23', calendar: 'iso8601', numberingSystem: 'latn' },
      ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' },
    });
  } catch (cause) {
    throw new CaptureError('bad_request', `${timezone} is not a time zone: write one such as Europe/Berlin`, { cause });
  }
  return (at) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    const whole = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
    return whole + (((at % 1000) + 1000) % 1000);
  };
}

/** A date that the calendar has: 2026-02-30 is none, and JavaScript would make it the 2nd of March. */
function readDate(date: string): number {
  const midnight = /^\d{4}-\d\d-\d\d$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(midnight) || writeDate(midnight) !== date) {
    throw new CaptureError('bad_request', `${date} is not a date: write it as 2026-11-23`);
  }
  return midnight;
}

function writeDate(wall: number): string {
  return new Date(wall).toISOString().slice(0, 10);
}
