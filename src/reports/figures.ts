import type { Micros, Millis } from '../capture/capture.ts';
import { counted as countedPlainly } from '../capture/quantities.ts';

const sizeUnits = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const;
/** A Date reaches no further (ECMA-262, 21.4.1.1). */
const lastMoment = 8.64e15;

/** Bytes for people: `512 B`, `1.2 MiB`; powers of two. */
export function size(bytes: number): string {
  if (!Number.isFinite(bytes) || bytes < 0) return 'unknown size';
  if (bytes < 1024) return `${Math.floor(bytes)} B`;
  let value = bytes / 1024;
  let unit = 0;
  // 1023.95 would be written 1024.0.
  while (value >= 1023.95 && unit < sizeUnits.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return value < 1e6 ? `${value.toFixed(1)} ${sizeUnits[unit]}` : `${value.toExponential(2)} ${sizeUnits[unit]}`;
}

/** A count with thin, unbreaking spaces between thousands: `1 234 567`. */
export function count(value: number): string {
  if (!Number.isFinite(value)) return 'unknown';
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) return value.toExponential(2);
  return String(Math.trunc(value)).replaceAll(/\B(?=(\d{3})+$)/g, '\u202F');
}

/** `1 packet`, `1 234 567 packets`, `no packets`, with `count`'s spaces; what scripts read is counted without (quantities.ts). */
export function counted(value: number, one: string, many?: string): string {
  return countedPlainly(value, one, many, count);
}

/** A stretch of packets' time in literal UTC. */
export function between(from: Micros, to: Micros): string {
  return `${utcOf(from)} to ${utcOf(to)}`;
}

/** `c3`, `c3 and c5`, `c3, c5, c6 and 9 more`: names in a sentence. */
export function named(names: readonly string[], most = 3): string {
  const shown = names.slice(0, most);
  const rest = names.length - shown.length;
  const last = rest > 0 ? `${rest} more` : shown.pop();
  return shown.length === 0 ? (last ?? 'none') : `${shown.join(', ')} and ${last}`;
}

/** A stretch of time in its two largest units: `3 d 4 h`, `2 h 5 min`, `12 s`; under ten seconds with tenths. */
export function lasting(milliseconds: number): string {
  if (!Number.isFinite(milliseconds) || milliseconds < 0) return 'unknown time';
  const seconds = milliseconds / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return pair(Math.floor(whole / 60), 'min', whole % 60, 's');
  const minutes = Math.floor(whole / 60);
  if (minutes < 1440) return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  return pair(Math.floor(minutes / 1440), 'd', Math.floor((minutes % 1440) / 60), 'h');
}

/** Literal UTC to the second: `2026-11-24 02:10:05 UTC`. */
export function utc(at: Millis): string {
  if (!(Math.abs(at) <= lastMoment)) return 'no valid time';
  return `${new Date(at).toISOString().replace('T', ' ').slice(0, -5)} UTC`;
}

/** Literal UTC to the second of a packet's time. */
export function utcOf(at: Micros): string {
  return utc(Math.floor(at / 1000));
}

/** Literal UTC to the microsecond of a packet's time, as evidence: `2026-11-24 02:10:05.000123 UTC`. */
export function utcExactly(at: Micros): string {
  const micros = String(((Math.floor(at) % 1e6) + 1e6) % 1e6).padStart(6, '0');
  return utcOf(at).replace(' UTC', `.${micros} UTC`);
}

/** Whole percent from 0 to 99: a hundred is only said by an ending. */
export function percentOf(done: number, total: number): number {
  if (!(total > 0) || !(done > 0)) return 0;
  return Math.min(99, Math.floor((done / total) * 100));
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${count(large)} ${largeUnit}` : `${count(large)} ${largeUnit} ${small} ${smallUnit}`;
}
