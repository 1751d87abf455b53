import type { Millis } from '../capture/capture.ts';

/** A time zone by its name; null is this process's own: to know its name takes a tenth of what a list takes. */
export type Zone = string | null;

/** Where lines are shown: the zone of the times, and whether a person is looking. */
export interface Shown {
  readonly timezone: Zone;
  readonly terminal: boolean;
}

/** `Tue Nov 24 02:10:05 2026` in a time zone, as the original script lists it. */
export function clockTime(at: Millis, timezone: Zone): string {
  const { day, year } = partsOf(at, timezone);
  return `${day} ${year}`;
}

/** `Tue Nov 24 02:10:05 2026 UTC`, or `... +01:00` elsewhere: offsets mean the same to everybody, abbreviations do not. */
export function zonedTime(at: Millis, timezone: Zone): string {
  const { day, year, offset } = partsOf(at, timezone);
  return `${day} ${year} ${offset}`;
}

/** The name of this process's own zone. */
export function ownZone(): string {
  return usableZone(Intl.DateTimeFormat().resolvedOptions().timeZone);
}

/** Which zone the times are in, for a person who looks. */
export function zoneLine(captures: readonly unknown[], { timezone, terminal }: Shown): string[] {
  return terminal && captures.length > 0 ? [`Times are in ${timezone ?? ownZone()}.`] : [];
}

/** The zone that TZ names; as in libc, UTC where that is empty or no zone. */
export function usableZone(name: string | undefined): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name ?? 'UTC' }).resolvedOptions().timeZone ?? 'UTC';
  } catch {
    // What Node makes of such a TZ, Etc/Unknown or nothing, is no name that it would take back.
    return 'UTC';
  }
}

interface Parts {
  readonly day: string;
  readonly year: string;
  readonly offset: string;
}

function partsOf(at: Millis, timezone: Zone): Parts {
  return timezone === null ? ownPartsOf(at) : partsIn(at, timezone);
}

/** Out of `Tue Nov 24 2026 02:10:05 GMT+0000 (...)`, as ECMA-262 has it (Date.prototype.toString). */
function ownPartsOf(at: Millis): Parts {
  const [, day, year = '', clock, hours, minutes] =
    /^(\w+ \w+ \d+) (-?\d+) ([\d:]+) GMT([+-]\d\d)(\d\d)/.exec(new Date(at).toString()) ?? [];
  return { day: `${day} ${clock}`, year, offset: offsetInWords(`${hours}:${minutes}`) };
}

function offsetInWords(offset: string): string {
  return offset === '' || offset === '+00:00' ? 'UTC' : offset;
}

function partsIn(at: Millis, timezone: string): Parts {
  const parts = new Map(
    formatIn(timezone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? '';
  const clock = `${part('hour')}:${part('minute')}:${part('second')}`;
  return {
    day: `${part('weekday')} ${part('month')} ${part('day')} ${clock}`,
    year: part('year'),
    offset: offsetInWords(part('timeZoneName').replace(/^GMT/, '')),
  };
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Made once for each zone: making one takes as long as formatting ten times. */
function formatIn(timezone: string): Intl.DateTimeFormat {
  const known = formats.get(timezone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    weekday: 'short',
    month: 'short',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    year: 'numeric',
    timeZoneName: 'longOffset',
  });
  formats.set(timezone, format);
  return format;
}
