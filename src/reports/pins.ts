import type { Millis } from '../capture/capture.ts';
import type { Lacking, Pin, Pinboard } from '../capture/pin.ts';
import { between, counted, size, utc, utcOf } from './figures.ts';

const day: Millis = 86_400_000;

/** All that is held, on one line; none where nothing is. Pins that end within a day are named. */
export function pinboardInWords({ pins, used, limit }: Pinboard, now: Millis): string[] {
  const held = pins.filter(({ state }) => state === 'held');
  if (held.length === 0) return [];
  const ending = held.filter(({ expiresAt }) => expiresAt - now < day).map(({ id }) => id);
  const soon = ending.length === 0 ? '' : `; ${ending.join(', ')} ${ending.length === 1 ? 'ends' : 'end'} within a day`;
  return [`${counted(held.length, 'pin')}, ${size(used)} of ${size(limit)}${soon}`];
}

/** How much a pin has, from when, and for how long. */
export function pinInWords(pin: Pin): string {
  const { files, bytes, ring, expiresAt } = pin;
  return `${counted(files, 'ring file')}, ${size(bytes)}, of ${ring} from ${spanInWords(pin)}, kept until ${utc(expiresAt)}`;
}

/** What a pin has not, or not wholly; null where it has all of its window. */
export function lackingInWords({ lacking }: Pin): string | null {
  const [nothing, part] = (['nothing', 'part'] as const).map(
    (how) => lacking.filter(({ pinned }) => pinned === how).length,
  );
  if (!nothing && !part) return null;
  const words = [
    ...(nothing ? [`${counted(nothing, 'ring file')} of the window not pinned`] : []),
    ...(part ? [`${counted(part, 'ring file')} pinned in part`] : []),
  ];
  return words.join(', ');
}

/** Why a ring file is not pinned, and the time that it covers. */
export function lackInWords({ pinned, from, to, why }: Lacking): string {
  const covered = from === null ? 'time unknown' : to === null ? `from ${utcOf(from)}` : between(from, to);
  return `${pinned === 'part' ? 'in part: ' : ''}${why} (${covered})`;
}

/** A pin's window in literal UTC. */
export function spanInWords({ window }: Pick<Pin, 'window'>): string {
  return between(window.since, window.until);
}
