import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { Counts } from '../../capture/capture.ts';
import { runningCounts } from '../../capture/tcpdump.ts';

/** tcpdump says its counts once a minute, for as long as it captures: the end of its words has the newest. */
const lastBytes = 16_384;

/** The newest counts that a running tcpdump said of itself; null where it was not asked yet, or its words are gone. @param words the name of their file */
export function countsSaid(state: string, words: string): Counts | null {
  try {
    const file = openSync(join(state, 'tcpdump', words), 'r');
    try {
      const bytes = Buffer.alloc(lastBytes);
      const read = readSync(file, bytes, 0, lastBytes, Math.max(0, fstatSync(file).size - lastBytes));
      return runningCounts(bytes.toString('utf8', 0, read));
    } finally {
      closeSync(file);
    }
  } catch {
    // The supervisor asks it again within a minute.
    return null;
  }
}
