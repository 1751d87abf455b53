import type { Micros, Millis } from '../capture/capture.ts';
import { CaptureError } from '../capture/errors.ts';
import { parseDuration } from '../capture/quantities.ts';

const dayMillis: Millis = 86_400_000;
const daySays = /^(\d{4})-(\d\d)-(\d\d)$/;
const pointSays =
  /^(?:(?<day>\d{4}-\d\d-\d\d)(?:[Tt ](?=\d))?)?(?:(?<clock>\d\d?:\d\d(?::\d\d(?:\.\d{1,6})?)?) ?(?<zone>Z|UTC|[+-]\d\d:?\d\d)?)?$/i;

/**
 * A point in time as people write it: `2h` or `2h ago`, `now`, `today`, `yesterday` (where the day begins), `09:30` (the last time that it
 * was so), `2026-11-24`, `2026-11-24 02:10`, `2026-11-24T02:10:05.123456`, in the time zone, or with `Z` or `+01:00` after the clock time.
 * A wall clock time that comes twice when summer time ends is the first of the two; one that is skipped is an hour later.
 * @returns microseconds since the epoch
 * @throws CaptureError `bad_request`
 */
export function parseTime(text: string, now: Millis, timezone: string): Micros {
  const at = readTime(text.trim(), { now, today: dayAt(now, timezone), timezone });
  // Before the epoch there are no packets, only slips of the finger.
  return at === undefined || at < 0 ? refuseTime(text, timezone) : at;
}

/** Whether two words that were typed without quotes are one time: `2h ago`, `2026-11-24 02:10`. */
export function isTimeOfTwoWords(first: string, second: string): boolean {
  if (parseDuration(first) !== undefined) return second.toLowerCase() === 'ago';
  return daySays.test(first) && /^\d\d?:\d\d/.test(second) && pointSays.test(`${first} ${second}`);
}

/** Whether `yyyy-mm-dd` is a day of the calendar. */
export function isDay(text: string): boolean {
  return daySays.test(text) && Number.isFinite(wallMillis(text, '00:00'));
}

/** The day, `yyyy-mm-dd`, that it is in a time zone. */
export function dayAt(at: Millis, timezone: string): string {
  return new Date(at + offsetAt(at, timezone)).toISOString().slice(0, 10);
}

/** A time in UTC that `parseTime` reads back unchanged: `2026-11-24T02:10:05Z`, microseconds where there are any. */
export function isoTime(at: Micros): string {
  const seconds = new Date(Math.floor(at / 1e6) * 1_000).toISOString().slice(0, 19);
  const micros = ((at % 1e6) + 1e6) % 1e6;
  return `${seconds}${micros === 0 ? '' : `.${String(micros).padStart(6, '0')}`}Z`;
}

interface Here {
  readonly now: Millis;
  readonly today: string;
  readonly timezone: string;
}

function readTime(text: string, here: Here): Micros | undefined {
  const ago = parseDuration(text.replace(/\s+ago$/i, ''));
  if (ago !== undefined) return (here.now - ago) * 1_000;
  switch (text.toLowerCase()) {
    case 'now':
      return here.now * 1_000;
    case 'today':
      return startOfDay(here.today, here.timezone) * 1_000;
    case 'yesterday':
      return startOfDay(dayBefore(here.today), here.timezone) * 1_000;
    default:
      return readPoint(text, here);
  }
}

function readPoint(text: string, here: Here): Micros | undefined {
  const { day, clock, zone } = pointSays.exec(text)?.groups ?? {};
  if (day === undefined && clock === undefined) return undefined;
  const timezone = zone === undefined ? here.timezone : zoneOf(zone);
  if (timezone === undefined) return undefined;
  const [time = '00:00', fraction = ''] = (clock ?? '00:00').split('.');
  const atDay = (of: string) => {
    const wall = wallMillis(of, time);
    return Number.isFinite(wall) ? instantAt(wall, timezone) * 1_000 + Number(fraction.padEnd(6, '0')) : undefined;
  };
  if (day !== undefined) return atDay(day);
  const today = dayAt(here.now, timezone);
  const at = atDay(today);
  return at !== undefined && at > here.now * 1_000 ? atDay(dayBefore(today)) : at;
}

function startOfDay(day: string, timezone: string): Millis {
  return instantAt(wallMillis(day, '00:00'), timezone);
}

function dayBefore(day: string): string {
  return new Date(wallMillis(day, '00:00') - dayMillis).toISOString().slice(0, 10);
}

/** A wall clock time as if it were UTC; NaN where the calendar or the clock has no such time. */
function wallMillis(day: string, time: string): Millis {
  const millis = Date.parse(`${day}T${/^\d:/.test(time) ? '0' : ''}${time}Z`);
  return Number.isFinite(millis) && new Date(millis).toISOString().startsWith(day) ? millis : Number.NaN;
}

/** The instant at which a zone's clocks show the wall time (as Temporal's `compatible`: the first of two, the later of none). */
function instantAt(wall: Millis, timezone: string): Millis {
  const before = offsetAt(wall - dayMillis, timezone);
  const after = offsetAt(wall + dayMillis, timezone);
  const shows = [wall - before, wall - after].filter((at) => at + offsetAt(at, timezone) === wall);
  return shows.length === 0 ? wall - before : Math.min(...shows);
}

function offsetAt(at: Millis, timezone: string): Millis {
  const format = new Intl.DateTimeFormat('en', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1_000) * 1_000;
}

function zoneOf(zone: string): string | undefined {
  const typed = zone.toUpperCase();
  if (typed === 'Z' || typed === 'UTC') return 'UTC';
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(typed) ?? [];
  return Number(hours) < 24 && Number(minutes) < 60 ? `${sign}${hours}:${minutes}` : undefined;
}

function refuseTime(text: string, timezone: string): never {
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  throw new CaptureError(
    'bad_request',
    `'${shown}' is not a time: write 2h ago, 09:30, 2026-11-24 02:10 (all in ${timezone}) or 2026-11-24T02:10Z`,
  );
}
