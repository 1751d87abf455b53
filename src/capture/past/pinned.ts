import { lstat } from 'node:fs/promises';
import type { RingFileReport } from '../capture.ts';
import { type PinnedFile, readFromPin } from '../pin.ts';
import type { RingFile } from './ring.ts';
import { type Append, type Scanned, type Selection, scanRingFile } from './scan.ts';

/**
 * Searches a ring file as `scanRingFile` does; one that was pruned since the plan was made, and is pinned, is read where it is held. Its line
 * of the coverage statement then names the pin.
 */
export async function* scanWhereItIs(
  file: RingFile,
  selection: Selection,
  append: Append,
  signal: AbortSignal,
): AsyncGenerator<Scanned, RingFileReport> {
  const { pinned } = file;
  const report = yield* scanRingFile(file, selection, append, signal);
  if (pinned === null) return report;
  if (file.path === pinned.path) return named(report, pinned);
  // Nothing of it was read, so that nothing is found twice.
  if (report.outcome !== 'pruned') return report;
  const inode = (await lstat(pinned.path).catch(() => undefined))?.ino;
  if (inode === undefined) return report;
  const held = { ...file, path: pinned.path, inode };
  return named(yield* scanRingFile(held, selection, append, signal), pinned);
}

function named(report: RingFileReport, { pin, part }: PinnedFile): RingFileReport {
  const words = [readFromPin(pin), part, report.detail].filter((each) => each !== null).join('; ');
  // What the pin has not, nobody has any more.
  const outcome = part !== null && report.outcome === 'searched' ? 'cut' : report.outcome;
  return { ...report, outcome, detail: words };
}
