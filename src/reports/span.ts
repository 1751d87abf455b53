import { type Capture, type Micros, type Millis, type RingSpan, ringsOf, type Window } from '../capture/capture.ts';
import { between, counted, lasting, utcOf } from './figures.ts';

/** A ring that was written to so recently reaches up to now: loggers hold packets back. */
const recent: Millis = 60_000;
/** Times are told to the second. */
const second: Micros = 1_000_000;
const mostHoles = 10;

/** The ring or the rings of a search, in words: `ring dmz`, `rings dmz and lan`. */
export function ringsInWords(capture: Pick<Capture, 'ring'>): string {
  const rings = ringsOf(capture);
  if (rings.length < 2) return `ring ${rings[0] ?? 'unknown'}`;
  return `rings ${rings.slice(0, -1).join(', ')} and ${rings.at(-1)}`;
}

/** From when to when each ring of a search had packets; none where none was looked at. The name is null where there is but one. */
export function heldInWords({
  ringSpans,
}: Pick<Capture, 'ringSpans'>): { readonly ring: string | null; readonly words: string }[] {
  return ringSpans.map((span) => ({ ring: ringSpans.length > 1 ? span.ring : null, words: spanInWords(span) }));
}

function spanInWords({ from, to, writtenAt }: RingSpan): string {
  if (from === null) return 'no packets';
  if (to !== null) return between(from, to);
  return writtenAt === null
    ? `from ${utcOf(from)} on`
    : `from ${utcOf(from)} on, last written ${utcOf(writtenAt * 1_000)}`;
}

/**
 * The rings of a search that were searched behind VLAN tags, in words, where only some of several were: ` in lan`; nothing where all of them
 * were, or none.
 */
export function taggedInWords({ ringSpans }: Pick<Capture, 'ringSpans'>): string {
  const tagged = ringSpans.filter(({ behindTags }) => behindTags).map(({ ring }) => ring);
  return tagged.length === 0 || tagged.length === ringSpans.length ? '' : ` in ${tagged.join(' and ')}`;
}

/** What of a search's window its rings did not hold, in words; none where they held all of it, or where that is not known. */
export function notHeld({ window, ringSpans }: Pick<Capture, 'window' | 'ringSpans'>): string[] {
  if (window === null) return [];
  return ringSpans.flatMap((span) => {
    const named = ringSpans.length > 1 ? `the ring ${span.ring}` : null;
    return notHeldBy(span, window, named ?? 'the ring').map((words) =>
      named === null || words.startsWith(named) ? words : `in ${named}, ${words}`,
    );
  });
}

function notHeldBy(span: RingSpan, { since, until }: Window, ring: string): string[] {
  const window = { since, until: until ?? span.at * 1_000 };
  if (span.from === null) return [`${ring} holds no packets`];
  return [...before(span.from, window, ring), ...holes(span), ...after(span, window, ring)];
}

interface Asked {
  readonly since: Micros | null;
  readonly until: Micros;
}

function before(from: Micros, { since, until }: Asked, ring: string): string[] {
  const to = Math.min(from, until);
  if (since === null)
    return until < from ? [`${ring} begins at ${utcOf(from)}: nothing up to ${utcOf(to)} is there any more`] : [];
  if (from - since <= second) return [];
  return [`${ring} begins at ${utcOf(from)}: nothing from ${utcOf(since)} to ${utcOf(to)} is there any more`];
}

function holes({ holes, holesOver }: RingSpan): string[] {
  const told = holes.slice(0, mostHoles).map(({ from, to }) => {
    const length = lasting((to - from) / 1_000);
    return `nothing from ${utcOf(from)} to ${utcOf(to)}, ${length}: a hole between two files (not told are gaps up to ${lasting(holesOver)})`;
  });
  const more = holes.length - told.length;
  return more === 0 ? told : [...told, `${counted(more, 'more hole')} between files`];
}

function after({ at, to, writtenAt }: RingSpan, { since, until }: Asked, ring: string): string[] {
  if (writtenAt === null) return [];
  const end = to ?? writtenAt * 1_000;
  if (until - end <= recent * 1_000) return [];
  const ends = to === null ? 'was last written to at' : 'ends at';
  const silent = at - writtenAt;
  return [
    `${ring} ${ends} ${utcOf(end)}: nothing from ${utcOf(Math.max(end, since ?? end))} to ${utcOf(until)} is in it${
      silent > recent ? `; its logger has written nothing for ${lasting(silent)}` : ''
    }`,
  ];
}
