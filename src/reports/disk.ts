import type { Millis } from '../capture/capture.ts';
import type { Day } from '../capture/evidence.ts';
import { counted, size } from './figures.ts';

/** How the captures' volume stands when the report is made. Bytes. */
export interface DiskForecast {
  readonly free: number;
  /** Below it no capture starts, and those that run end. */
  readonly floor: number;
  /** What captures wrote in the day, as far as it had come, for a whole one. */
  readonly perDay: number;
  /** Until the floor at that pace; null when nothing was written. */
  readonly days: number | null;
}

/** How long the disk lasts at a day's pace; a capture is taken to have grown evenly for as long as it ran. */
export function forecast(
  { captures, disk }: Day,
  { from, to }: { readonly from: Millis; readonly to: Millis },
): DiskForecast {
  const written = captures.reduce((sum, { startedAt, endedAt, bytes }) => {
    const ran = Math.max(1, (endedAt ?? to) - startedAt);
    const inDay = Math.min(endedAt ?? to, to) - Math.max(startedAt, from);
    return sum + (bytes ?? 0) * Math.min(1, Math.max(0, inDay) / ran);
  }, 0);
  const perDay = Math.round((written / (to - from)) * 86_400_000);
  return { ...disk, perDay, days: perDay === 0 ? null : Math.max(0, Math.floor((disk.free - disk.floor) / perDay)) };
}

/** How much is free, and for how long, in words. */
export function diskInWords({ free, floor, perDay, days }: DiskForecast): string {
  if (free < floor) return `${size(free)} free, below the floor of ${size(floor)}: no capture starts`;
  const pace = days === null ? '' : `; at ${size(perDay)} a day the floor of ${size(floor)} is ${soon(days)}`;
  return `${size(free)} free${pace}`;
}

function soon(days: number): string {
  if (days === 0) return 'reached within a day';
  return days > 365 ? 'more than a year away' : `${counted(days, 'day')} away`;
}
