import type { Micros, Millis, RingFileReport, RingSpan, Window } from '../capture.ts';
import type { Planned, RingFile } from './ring.ts';

/** Between two files a second without a packet is usual on any network, and a minute on a quiet one. */
const shortestHole: Millis = 60_000;
const second: Micros = 1_000_000;
/** A network on which packets are far apart has long gaps between files, too: only so many times the usual one is a hole. */
const unusual = 10;

/**
 * What a ring holds of a window's time, as far as its files tell: a file begins with its first packet, and ends with its last where it was
 * read to its end, else with its own time, since no packet in it is younger.
 * @param reports of the places that the search is done with, in their order
 * @param at when the ring was looked at
 */
export function ringSpanOf(
  places: readonly Planned[],
  reports: readonly RingFileReport[],
  window: Window,
  at: Millis,
): Omit<RingSpan, 'ring' | 'behindTags'> {
  const files = places.flatMap((place, position) => {
    const file = 'search' in place ? place.search : place.file;
    return file === undefined ? [] : [{ file, lastAt: lastOf(reports[position]) }];
  });
  const gaps: { from: Micros; to: Micros }[] = [];
  let reached: Micros | null = null;
  for (const { file, lastAt } of files) {
    // Files overlap where a logger was started again: then there is no gap.
    if (reached !== null) gaps.push({ from: Math.min(reached, file.firstAt), to: file.firstAt });
    const end = lastAt ?? Math.round(file.modifiedAt * 1_000);
    reached = Math.max(reached ?? end, end);
  }
  const usual = usualOf(gaps);
  const holesOver = Math.max(shortestHole, Math.round((unusual * usual) / 1_000));
  return {
    at,
    from: files[0]?.file.firstAt ?? null,
    to: newestOf(files),
    writtenAt: files.length === 0 ? null : Math.round(Math.max(...files.map(({ file }) => file.modifiedAt))),
    holes: gaps.filter(({ from, to }) => to - from > holesOver * 1_000).flatMap((gap) => within(gap, window, usual)),
    holesOver,
  };
}

/** The last packet of a file that was read to its end. */
function lastOf(report: RingFileReport | undefined): Micros | null {
  return report?.outcome === 'searched' || report?.outcome === 'cut' ? report.to : null;
}

function newestOf(files: readonly { readonly file: RingFile; readonly lastAt: Micros | null }[]): Micros | null {
  if (files.at(-1)?.lastAt == null) return null;
  return Math.max(...files.map(({ lastAt }) => lastAt ?? 0));
}

/** The median of all gaps but the longest, microseconds: a single gap must not be its own measure. */
function usualOf(gaps: readonly { from: Micros; to: Micros }[]): number {
  const lengths = gaps.map(({ from, to }) => to - from).toSorted((one, other) => one - other);
  lengths.pop();
  return lengths[Math.floor(lengths.length / 2)] ?? 0;
}

/** What of a hole is in the window. An edge of it that is no longer than a usual gap is nothing, unless it is all of the window. */
function within(
  gap: { from: Micros; to: Micros },
  { since, until }: Window,
  usual: Micros,
): { from: Micros; to: Micros }[] {
  const from = Math.max(gap.from, since ?? gap.from);
  const to = Math.min(gap.to, until ?? gap.to);
  const isAll = from === since && to === until;
  return isAll || to - from > Math.max(usual, second) ? [{ from, to }] : [];
}
