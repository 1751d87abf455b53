import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Millis } from '../capture.ts';
import type { RingHealth } from '../health.ts';
import { placeOf, type RingFile } from './ring.ts';
import { indexCoverage } from './ringindex/care.ts';

/** Files that hold no packet, or are none, stand at a ring's ends now and then; more of them are another matter. */
const mostTried = 8;

/**
 * What a ring holds, with a look into the files at its ends alone: of ten thousand all others are only counted. Which are at its ends their
 * file times tell.
 * @param store where indexes are
 */
export async function lookAtRing(
  { name: ring, path }: { readonly name: string; readonly path: string },
  store: string,
  at: Millis,
): Promise<RingHealth> {
  let names: string[];
  try {
    names = await readdir(path);
  } catch (error) {
    return { is: 'closed', ring, at, why: error instanceof Error ? error.message : String(error) };
  }
  const oldestFirst = await filesAmong(path, names);
  const oldest = await firstWithPackets(path, oldestFirst);
  const newest = await firstWithPackets(path, oldestFirst.toReversed());
  const { files, indexed } = await indexCoverage(store, { rings: [path], pinned: [] });
  return {
    is: 'open',
    ring,
    at,
    files,
    bytes: oldestFirst.reduce((sum, { size }) => sum + size, 0),
    indexed,
    from: oldest?.firstAt ?? null,
    writtenAt: newest?.modifiedAt ?? null,
  };
}

interface Listed {
  readonly name: string;
  readonly size: number;
  readonly modifiedAt: Millis;
}

async function filesAmong(directory: string, names: readonly string[]): Promise<Listed[]> {
  const files: Listed[] = [];
  for (const name of names) {
    // One that was pruned meanwhile is no part of the ring.
    const stats = await lstat(join(directory, name)).catch(() => undefined);
    if (stats?.isFile() === true) files.push({ name, size: stats.size, modifiedAt: stats.mtimeMs });
  }
  return files.toSorted((one, other) => one.modifiedAt - other.modifiedAt);
}

async function firstWithPackets(directory: string, files: readonly Listed[]): Promise<RingFile | undefined> {
  for (const { name } of files.slice(0, mostTried)) {
    const place = await placeOf(directory, name);
    if (place !== undefined && 'search' in place) return place.search;
  }
  return undefined;
}
