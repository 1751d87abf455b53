import type { Dirent } from 'node:fs';
import { lstat, readdir, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { openRingFile } from '../../ringfile.ts';
import { folderOf, indexNameOf, openIndex } from './store.ts';

/** Names of ours in a store; nothing else there is ever touched. */
const folderName = /^[0-9a-f]{32}$/;
const indexName = /^[0-9a-f]{32}\.ringindex$/;
const partName = /^\d+-[0-9a-f]{16}\.part$/;
/** Milliseconds after which nobody is writing an index any more. */
const longestWriting = 3_600_000;

/**
 * Removes the indexes whose ring file is gone, by the listing of the rings, and what a killed process left half written. The indexes of a
 * ring that cannot be listed stay.
 * @param rings the directories of ALL rings that are indexed in this store: what belongs to none of them goes
 * @param now milliseconds
 * @returns how many files were removed
 */
export async function pruneIndexes(store: string, rings: readonly string[], now: number): Promise<number> {
  let removed = 0;
  const remove = async (path: string): Promise<void> => {
    // Somebody else may be pruning, too.
    await unlink(path).then(
      () => {
        removed += 1;
      },
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      },
    );
  };
  const ringOf = new Map(rings.map((ring) => [folderOf(store, ring), ring]));
  for (const entry of await entriesOf(store)) {
    const path = join(store, entry.name);
    if (entry.isFile() && partName.test(entry.name)) {
      const { mtimeMs } = await lstat(path).catch(() => ({ mtimeMs: now }));
      if (now - mtimeMs > longestWriting) await remove(path);
    }
    if (!entry.isDirectory() || !folderName.test(entry.name)) continue;
    const ring = ringOf.get(path);
    const present = ring === undefined ? [] : await readdir(ring).catch(() => undefined);
    if (present === undefined) continue;
    const kept = new Set(present.map(indexNameOf));
    for (const index of await entriesOf(path))
      if (index.isFile() && indexName.test(index.name) && !kept.has(index.name)) await remove(join(path, index.name));
    // Where something is left in it, it stays.
    await rmdir(path).catch(() => undefined);
  }
  return removed;
}

/** How much of a ring is indexed. */
export interface Coverage {
  /** Regular files in the ring, and how many of them have a valid index. */
  readonly files: number;
  readonly indexed: number;
  /** Bytes of those that have one, and of their indexes. */
  readonly bytes: number;
  readonly indexBytes: number;
}

/** Looks how much of a ring has a valid index. @throws what the listing of the ring throws */
export async function indexCoverage(store: string, ring: string): Promise<Coverage> {
  const coverage = { files: 0, indexed: 0, bytes: 0, indexBytes: 0 };
  for (const name of await readdir(ring)) {
    const path = join(ring, name);
    const file = await openRingFile(path).catch(() => undefined);
    if (file === undefined) continue;
    try {
      const stats = await file.stat({ bigint: true });
      if (!stats.isFile()) continue;
      coverage.files += 1;
      const index = openIndex(store, path, stats);
      if (index === undefined) continue;
      coverage.indexed += 1;
      coverage.bytes += Number(stats.size);
      coverage.indexBytes += index.fileBytes;
      index.close();
    } finally {
      await file.close();
    }
  }
  return coverage;
}

async function entriesOf(directory: string): Promise<Dirent[]> {
  return readdir(directory, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
}
