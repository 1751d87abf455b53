import type { Millis, SearchProgress } from '../capture/capture.ts';
import { counted } from '../capture/quantities.ts';
import { lasting, percentOf, size } from '../reports/figures.ts';
import type { Zone } from './clock.ts';
import { reachedInWords } from './print.ts';

/** What a progress line is drawn from. */
export interface Pace {
  readonly progress: SearchProgress;
  /** Since the search began. */
  readonly elapsed: Millis;
  readonly timezone: Zone;
  /** Width of the terminal. */
  readonly columns: number;
}

/** `Currently Processing: <time reached>` with a bar, the rate and an estimate, as much of it as the terminal's width holds. */
export function progressLine({ progress, elapsed, timezone, columns }: Pace): string {
  const time = `Currently Processing: ${reachedInWords({ progress, joined: null }, timezone)}`;
  const percent = percentOf(progress.bytesDone, progress.bytesTotal);
  const rate = elapsed < 1_000 ? 0 : progress.bytesDone / (elapsed / 1_000);
  const left = rate === 0 ? null : ((progress.bytesTotal - progress.bytesDone) / rate) * 1_000;
  const pieces = [
    ` ${percent}%`,
    ...(left === null ? [] : [` ${lasting(left)} left`]),
    ...(rate === 0 ? [] : [` ${size(rate)}/s`]),
    ` ${counted(progress.packets, 'packet')}`,
  ];
  // A terminal that must wrap a line cannot rewrite it.
  const room = columns - 1 - time.length;
  let figures = '';
  for (const piece of pieces) {
    if (shortestBar + figures.length + piece.length > room) break;
    figures += piece;
  }
  return `${time}${bar(percent, room - figures.length)}${figures}`.slice(0, columns - 1);
}

const shortestBar = ' [####]'.length;

/** A bar of at most 20 signs; nothing where there is no room for four. */
function bar(percent: number, room: number): string {
  if (room < shortestBar) return '';
  const signs = Math.min(20, room - ' []'.length);
  const full = Math.floor((percent / 100) * signs);
  return ` [${'#'.repeat(full)}${'.'.repeat(signs - full)}]`;
}
