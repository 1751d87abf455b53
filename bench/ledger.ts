import { closeSync, linkSync, openSync, readdirSync, readSync, rmSync, watch } from 'node:fs';
import { join } from 'node:path';
import { chunkBytes, headerBytes, readHeader, walkRecords } from '../src/capture/savefile.ts';

/** Who counts what a logger writes, also what it has pruned before anybody could look. */
export interface Ledger {
  /** Packets by file name, of all files that there ever were; once the logger has ended. */
  close(): ReadonlyMap<string, number>;
}

/**
 * Keeps a further name of each file of a ring from when it appears, and counts it when two more have followed: it is finished then, and
 * its room is wanted. A name that is given twice within a run is an error: who counts it could not tell the two files apart.
 * @param beside a directory on the same file system, of its own
 */
export function openLedger(ring: string, beside: string): Ledger {
  const packets = new Map<string, number>();
  const held: string[] = [];
  const count = (name: string): void => {
    packets.set(name, packetsIn(join(beside, name)));
    rmSync(join(beside, name));
  };
  const look = (): void => {
    for (const name of readdirSync(ring).sort()) {
      if (held.includes(name) || packets.has(name)) continue;
      linkSync(join(ring, name), join(beside, name));
      held.push(name);
    }
    while (held.length > 2) count(held.shift() ?? '');
  };
  const watcher = watch(ring, look);
  return {
    close: () => {
      watcher.close();
      look();
      for (const name of held.splice(0)) count(name);
      return packets;
    },
  };
}

/** Whole records of a pcap file. */
export function packetsIn(path: string): number {
  const file = openSync(path, 'r');
  try {
    const chunk = Buffer.alloc(chunkBytes);
    const header = readHeader(chunk.subarray(0, readSync(file, chunk, 0, headerBytes, 0)));
    if (header === undefined) return 0;
    let packets = 0;
    for (let offset = headerBytes; ; ) {
      const read = readSync(file, chunk, 0, chunk.length, offset);
      const { end } = walkRecords(chunk.subarray(0, read), header, () => {
        packets += 1;
      });
      if (end === 0) return packets;
      offset += end;
    }
  } finally {
    closeSync(file);
  }
}
