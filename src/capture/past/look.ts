import type { BigIntStats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Millis } from '../capture.ts';
import type { RingHealth } from '../health.ts';
import { placeOf, type RingFile } from './ring.ts';
import { countIndexed } from './ringindex/care.ts';

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
  return {
    is: 'open',
    ring,
    at,
    files: oldestFirst.length,
    bytes: oldestFirst.reduce((sum, { stats }) => sum + Number(stats.size), 0),
    indexed: await countIndexed(
      store,
      oldestFirst.map(({ stats }) => stats),
    ),
    from: oldest?.firstAt ?? null,
    writtenAt: newest?.modifiedAt ?? null,
  };
}

interface Listed {
  readonly name: string;
  readonly stats: BigIntStats;
}

/** As many as there are threads for it, and some more. */
const atOnce = 32;

async function filesAmong(directory: string, names: readonly string[]): Promise<Listed[]> {
  const files: Listed[] = [];
  for (let at = 0; at < names.length; at += atOnce) {
    const listed = names.slice(at, at + atOnce).map(async (name) => {
      // One that was pruned meanwhile is no part of the ring.
      const stats = await lstat(join(directory, name), { bigint: true }).catch(() => undefined);
      return stats?.isFile() === true ? [{ name, stats }] : [];
    });
    files.push(...(await Promise.all(listed)).flat());
  }
  return files.toSorted((one, other) => Number(one.stats.mtimeNs - other.stats.mtimeNs));
}

async function firstWithPackets(directory: string, files: readonly Listed[]): Promise<RingFile | undefined> {
  for (const { name } of files.slice(0, mostTried)) {
    const place = await placeOf(directory, name);
    if (place !== undefined && 'search' in place) return place.search;
  }
  return undefined;
}
