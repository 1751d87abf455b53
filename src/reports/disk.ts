import type { Millis } from '../capture/capture.ts';
import type { Day } from '../capture/evidence.ts';
import { writtenBetween } from '../capture/health.ts';
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

/** How long the disk lasts at a day's pace. */
export function forecast(
  { captures, disk }: Day,
  { from, to }: { readonly from: Millis; readonly to: Millis },
): DiskForecast {
  return lastingAt(disk, Math.round((writtenBetween(captures, { from, to }) / (to - from)) * 86_400_000));
}

/** The same at a pace that is known. @param perDay bytes */
export function lastingAt(disk: Day['disk'], perDay: number): DiskForecast {
  return { ...disk, perDay, days: perDay === 0 ? null : Math.max(0, Math.floor((disk.free - disk.floor) / perDay)) };
}

/** A floor that is further away at a day's pace than this needs no telling. */
const horizon = 90;

/** Whether the floor is so near that its words tell of it. */
export function isInSight({ days }: Pick<DiskForecast, 'days'>): boolean {
  return days !== null && days <= horizon;
}

/** How much is free, and for how long where that is in sight, in words. */
export function diskInWords({ free, floor, perDay, days }: DiskForecast): string {
  if (free < floor) return `${size(free)} free, below the floor of ${size(floor)}: no capture starts`;
  const pace =
    days === null || days > horizon ? '' : `; at ${size(perDay)} a day the floor of ${size(floor)} is ${soon(days)}`;
  return `${size(free)} free${pace}`;
}

function soon(days: number): string {
  if (days === 0) return 'reached within a day';
  return `${counted(days, 'day')} away`;
}
