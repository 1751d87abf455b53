import type { Capture, Micros, Millis, RingSpan } from '../capture/capture.ts';
import { between, counted, lasting, utcOf } from './figures.ts';

/** A ring that was written to so recently reaches up to now: loggers hold packets back. */
const recent: Millis = 60_000;
/** Times are told to the second. */
const second: Micros = 1_000_000;
const mostHoles = 10;

/** From when to when the ring of a search had packets; null where it was not looked at. */
export function heldInWords({ ringSpan }: Pick<Capture, 'ringSpan'>): string | null {
  if (ringSpan === null) return null;
  const { from, to, writtenAt } = ringSpan;
  if (from === null) return 'no packets';
  if (to !== null) return between(from, to);
  return writtenAt === null
    ? `from ${utcOf(from)} on`
    : `from ${utcOf(from)} on, last written ${utcOf(writtenAt * 1_000)}`;
}

/** What of a search's window its ring did not hold, in words; none where it held all of it, or where that is not known. */
export function notHeld({ window, ringSpan }: Pick<Capture, 'window' | 'ringSpan'>): string[] {
  if (window === null || ringSpan === null) return [];
  const { from } = ringSpan;
  const until = window.until ?? ringSpan.at * 1_000;
  if (from === null) return ['the ring holds no packets'];
  return [
    ...before(from, { since: window.since, until }),
    ...holes(ringSpan),
    ...after(ringSpan, { ...window, until }),
  ];
}

function before(from: Micros, { since, until }: { since: Micros | null; until: Micros }): string[] {
  const to = Math.min(from, until);
  if (since === null)
    return until < from ? [`the ring begins at ${utcOf(from)}: nothing up to ${utcOf(to)} is there any more`] : [];
  if (from - since <= second) return [];
  return [`the ring begins at ${utcOf(from)}: nothing from ${utcOf(since)} to ${utcOf(to)} is there any more`];
}

function holes({ holes, holesOver }: RingSpan): string[] {
  const told = holes.slice(0, mostHoles).map(({ from, to }) => {
    const length = lasting((to - from) / 1_000);
    return `nothing from ${utcOf(from)} to ${utcOf(to)}, ${length}: a hole between two files (not told are gaps up to ${lasting(holesOver)})`;
  });
  const more = holes.length - told.length;
  return more === 0 ? told : [...told, `${counted(more, 'more hole')} between files`];
}

function after({ at, to, writtenAt }: RingSpan, { since, until }: { since: Micros | null; until: Micros }): string[] {
  if (writtenAt === null) return [];
  const end = to ?? writtenAt * 1_000;
  if (until - end <= recent * 1_000) return [];
  const ends = to === null ? 'was last written to at' : 'ends at';
  const silent = at - writtenAt;
  return [
    `the ring ${ends} ${utcOf(end)}: nothing from ${utcOf(Math.max(end, since ?? end))} to ${utcOf(until)} is in it${
      silent > recent ? `; its logger has written nothing for ${lasting(silent)}` : ''
    }`,
  ];
}
