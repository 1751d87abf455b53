import type { Micros, RingFileReport, SearchProgress } from '../capture.ts';
import type { Planned, RingFile } from './ring.ts';

/** The files of a plan that are to be searched. */
export function filesOf(places: readonly Planned[]): RingFile[] {
  return places.flatMap((place) => ('search' in place ? [place.search] : []));
}

/** A search's progress before its first file. */
export function beginning(places: readonly Planned[]): SearchProgress {
  const files = filesOf(places);
  const bytesTotal = files.reduce((sum, { size }) => sum + size, 0);
  return { filesDone: 0, filesTotal: files.length, bytesDone: 0, bytesTotal, reached: null, packets: 0 };
}

/** The progress in the middle of a file. */
export function further(
  before: SearchProgress,
  now: { bytes: number; reached: Micros | null; packets: number },
): SearchProgress {
  return {
    ...before,
    bytesDone: before.bytesDone + now.bytes,
    // Files overlap where a logger was started again.
    reached: now.reached === null ? before.reached : Math.max(now.reached, before.reached ?? now.reached),
    packets: before.packets + now.packets,
  };
}

/** The progress after a file. */
export function fileDone(before: SearchProgress, file: RingFile, report: RingFileReport): SearchProgress {
  const { to, packets, outcome } = report;
  const after = further(before, { bytes: outcome === 'not searched' ? 0 : file.size, reached: to, packets });
  return { ...after, filesDone: before.filesDone + (outcome === 'not searched' ? 0 : 1) };
}

/**
 * The progress of several rings that are searched side by side: all of them have reached the time that the last of those has which are not
 * done.
 */
export function together(rings: readonly SearchProgress[]): SearchProgress {
  const sum = (of: (ring: SearchProgress) => number) => rings.reduce((total, ring) => total + of(ring), 0);
  const open = rings.filter(({ filesDone, filesTotal }) => filesDone < filesTotal);
  const times = (open.length > 0 ? open : rings).map(({ reached }) => reached);
  const known = times.filter((reached) => reached !== null);
  return {
    filesDone: sum(({ filesDone }) => filesDone),
    filesTotal: sum(({ filesTotal }) => filesTotal),
    bytesDone: sum(({ bytesDone }) => bytesDone),
    bytesTotal: sum(({ bytesTotal }) => bytesTotal),
    reached: open.length > 0 ? (known.length < times.length ? null : Math.min(...known)) : latest(known),
    packets: sum(({ packets }) => packets),
  };
}

function latest(times: readonly Micros[]): Micros | null {
  return times.length === 0 ? null : Math.max(...times);
}
