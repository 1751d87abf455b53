import type { RingFileReport } from '../capture.ts';
import { type PinnedFile, readFromPin } from '../pin.ts';
import { heldFile, type RingFile } from './ring.ts';
import type { Scanned } from './scan.ts';

/**
 * Searches a ring file by `scan`; one that was pruned since the plan was made, and is pinned, is read where it is held. Its line of the
 * coverage statement then names the pin.
 */
export async function* scanWhereItIs(
  file: RingFile,
  scan: (file: RingFile) => AsyncGenerator<Scanned, RingFileReport>,
): AsyncGenerator<Scanned, RingFileReport> {
  const { pinned } = file;
  const report = yield* scan(file);
  if (pinned === null) return report;
  if (file.path === pinned.path) return named(report, pinned);
  // Nothing of it was read, so that nothing is found twice.
  if (report.outcome !== 'pruned') return report;
  // The logger's side may have packed the file since it was pinned: what is held is looked at for itself.
  const held = await heldFile(pinned);
  if (held === undefined) return report;
  return named(yield* scan({ ...held, name: file.name, newest: file.newest }), pinned);
}

function named(report: RingFileReport, { pin, part }: PinnedFile): RingFileReport {
  const words = [readFromPin(pin), part, report.detail].filter((each) => each !== null).join('; ');
  // What the pin has not, nobody has any more.
  const outcome = part !== null && report.outcome === 'searched' ? 'cut' : report.outcome;
  return { ...report, outcome, detail: words };
}
