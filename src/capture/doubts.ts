import { lstatSync } from 'node:fs';
import { setImmediate as otherWork } from 'node:timers/promises';
import type { Doubt, DoubtfulSavefile } from './evidence.ts';
import type { Holdings, Standing } from './holdings.ts';

/** Milliseconds of one look at the disk before other work has its turn: one entry of a directory may take as long as all others. */
const patience = 10;

/**
 * The savefiles that may not be what their digests were made of, as far as their directory entries and the last look at each tell, in the
 * order of the captures' numbers. No byte of them is read: that none is doubtful proves nothing, and only `verify` does.
 * @param signal ends it with its reason
 */
export async function doubtfulSavefiles(
  holdings: Pick<Holdings, 'standings'>,
  signal: AbortSignal,
): Promise<DoubtfulSavefile[]> {
  const doubtful: DoubtfulSavefile[] = [];
  let turn = performance.now();
  for (const page of holdings.standings()) {
    for (const standing of page) {
      const doubt = doubtOf(standing);
      if (doubt !== null) doubtful.push({ held: standing.held, doubt });
      if (performance.now() - turn < patience) continue;
      await otherWork();
      signal.throwIfAborted();
      turn = performance.now();
    }
  }
  return doubtful;
}

function doubtOf({ held, looked }: Standing): Doubt | null {
  // Without a digest there is nothing that it was.
  if (held.sha256 === null || looked?.finding === 'deleting') return null;
  try {
    const now = lstatSync(held.path, { throwIfNoEntry: false });
    if (now === undefined) return 'vanished';
    if (!now.isFile()) return 'unreadable';
    if (held.bytes !== null && now.size !== held.bytes) return 'other size';
    const found = looked?.finding;
    if (found === 'changed' || found === 'vanished' || found === 'unreadable') return found;
    const known = found === 'holds' || found === 'hashed' ? Math.max(held.endedAt, looked?.at ?? 0) : held.endedAt;
    return Math.floor(now.mtimeMs) > known ? 'written to since' : null;
  } catch {
    return 'unreadable';
  }
}
