import type { BigIntStats, Dirent } from 'node:fs';
import { lstat, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as otherWork } from 'node:timers/promises';
import { openRingFile } from '../../ringfile.ts';
import { identityOf, indexNameOf, openIndex } from './store.ts';

/** Names of ours in a store; nothing else there is ever touched. */
const indexName = /^[0-9a-f]+-[0-9a-f]+\.ringindex$/;
const partName = /^\d+-[0-9a-f]{16}\.part$/;
/** Milliseconds after which nobody is writing an index any more. */
const longestWriting = 3_600_000;

/** Where ring files are. */
export interface Places {
  /** The rings' directories. */
  readonly rings: readonly string[];
  /** Files of rings that pins hold. */
  readonly pinned: readonly string[];
}

/**
 * Removes the indexes whose ring file is in no place any more, and what a killed process left half written. While one of the places cannot
 * be looked at, all indexes stay: nobody knows which are of its files.
 * @param places ALL places of ring files that are indexed in this store: what is in none of them goes
 * @param now milliseconds
 * @returns how many files were removed
 */
export async function pruneIndexes(store: string, places: Places, now: number): Promise<number> {
  // First, so that none is taken for a file's that is gone while the file is too new to be seen.
  const entries = (await entriesOf(store)).filter((entry) => entry.isFile());
  const kept = entries.some(({ name }) => indexName.test(name)) ? await indexNamesOf(places) : undefined;
  let removed = 0;
  for (const { name } of entries) {
    const path = join(store, name);
    const isLeft = partName.test(name)
      ? await lstat(path).then(
          ({ mtimeMs }) => now - mtimeMs > longestWriting,
          () => false,
        )
      : indexName.test(name) && kept !== undefined && !kept.has(name);
    if (isLeft && (await isUnlinked(path))) removed += 1;
  }
  return removed;
}

/** The names that indexes of the files there have; undefined where not all of them can be looked at. */
async function indexNamesOf({ rings, pinned }: Places): Promise<ReadonlySet<string> | undefined> {
  const names = new Set<string>();
  try {
    const paths = [...pinned];
    for (const ring of rings) for (const name of await readdir(ring)) paths.push(join(ring, name));
    for (const path of paths) {
      const stats = await lstat(path, { bigint: true }).catch(unlessGone);
      if (stats !== undefined) names.add(indexNameOf(identityOf(stats)));
    }
  } catch {
    return undefined;
  }
  return names;
}

/** False when somebody else was faster, who may be pruning, too. */
async function isUnlinked(path: string): Promise<boolean> {
  return unlink(path).then(
    () => true,
    (error: unknown) => unlessGone(error) ?? false,
  );
}

/** How much of some ring files is indexed. */
export interface Coverage {
  /** Regular files, and how many of them have a valid index. */
  readonly files: number;
  readonly indexed: number;
  /** Bytes of those that have one, and of their indexes. */
  readonly bytes: number;
  readonly indexBytes: number;
}

/** Looks how many of the files there have a valid index; one of several names counts once. @throws what the listing of a ring throws */
export async function indexCoverage(store: string, { rings, pinned }: Places): Promise<Coverage> {
  const coverage = { files: 0, indexed: 0, bytes: 0, indexBytes: 0 };
  const paths: string[] = [];
  for (const ring of rings) for (const name of await readdir(ring)) paths.push(join(ring, name));
  const seen = new Set<string>();
  for (const path of [...paths, ...pinned]) {
    const file = await openRingFile(path).catch(() => undefined);
    if (file === undefined) continue;
    try {
      const stats: BigIntStats = await file.stat({ bigint: true });
      const name = indexNameOf(identityOf(stats));
      if (!stats.isFile() || seen.has(name)) continue;
      seen.add(name);
      coverage.files += 1;
      const index = openIndex(store, stats);
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

/**
 * How many files, as lstat has them, have a valid index. The files themselves are not opened: of one that is replaced meanwhile the earlier
 * is counted.
 */
export async function countIndexed(store: string, files: readonly BigIntStats[]): Promise<number> {
  const names = new Set((await entriesOf(store)).map(({ name }) => name));
  let indexed = 0;
  for (const stats of files) {
    if (!names.has(indexNameOf(identityOf(stats)))) continue;
    const index = openIndex(store, stats);
    if (index === undefined) continue;
    indexed += 1;
    index.close();
    if (indexed % atOnce === 0) await otherWork();
  }
  return indexed;
}

/** Some five milliseconds' worth. */
const atOnce = 100;

async function entriesOf(directory: string): Promise<Dirent[]> {
  return (await readdir(directory, { withFileTypes: true }).catch(unlessGone)) ?? [];
}

function unlessGone(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
