import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Actor, mayRole } from '../analyst.ts';
import { CaptureError } from '../errors.ts';
import type { IndexOrder, IndexStep } from '../orders.ts';
import { readFromPin } from '../pin.ts';
import type { Order, Room } from '../room.ts';
import { buildIndexes } from './ringindex/build.ts';
import { indexCoverage, type Places, pruneIndexes } from './ringindex/care.ts';
import { indexesOf } from './ringindex/place.ts';
import { knownRing } from './wanted.ts';

/** Milliseconds after which a file that is not the newest is taken for finished. */
const settledAfter = 5_000;

/**
 * Writes the indexes that a ring's finished files lack, all rings' where none is named, and removes those of files that are gone. Aborting
 * the signal ends it, and keeps what is whole.
 * @throws CaptureError `not_allowed`, `not_found` for a ring that is not configured, `tool_failed` when one cannot be read
 */
export async function* indexAsked(
  room: Room,
  order: IndexOrder,
  { actor, asked, signal }: { readonly actor: Actor; readonly asked: Order; readonly signal: AbortSignal },
): AsyncGenerator<IndexStep> {
  if (!mayRole.capture(actor.analyst))
    throw new CaptureError('not_allowed', `${actor.analyst.name} is a viewer here and may look, not index`);
  const rings = order.ring === undefined ? room.config.rings : [knownRing(room, order.ring)];
  const began = performance.now();
  let [built, read] = [0, 0];
  await pruneAll(room);
  for (const ring of rings) {
    for await (const step of indexFiles(room, ring, await finishedFiles(room, ring), signal)) {
      if (step.step === 'indexed') [built, read] = [built + 1, read + step.bytes];
      yield step;
    }
  }
  const milliseconds = Math.round(performance.now() - began);
  const store = indexesOf(room.config.state);
  const coverage = await Promise.all(
    rings.map(async (ring) => ({ ring: ring.name, ...(await indexCoverage(store, placesOf(room, [ring]))) })),
  );
  const came = `${built} ring files indexed${signal.aborted ? ', cancelled' : ''}`;
  await room.patiently(() => asked.settle('done', null, came));
  yield { step: 'ended', rings: coverage, read, milliseconds };
}

/**
 * What indexes all rings for nobody in particular, again and again: by who supervises. A file that it was at once is not looked at again
 * while it stays as it is, whether it could be indexed or not.
 */
export function openIndexing(room: Room): (signal: AbortSignal) => Promise<void> {
  const done = new Map<string, ReadonlyMap<string, number>>();
  return async (signal) => {
    await pruneAll(room);
    for (const ring of room.config.rings) {
      const files = await finishedFiles(room, ring);
      const known = done.get(ring.name);
      const left = files.filter(({ path, modifiedAt }) => known?.get(path) !== modifiedAt);
      for await (const step of indexFiles(room, ring, left, signal)) {
        if (step.step === 'left out')
          room.log.warn({ file: step.file, ring: step.ring, why: step.why }, 'ring file not indexed');
      }
      if (signal.aborted) return;
      done.set(ring.name, new Map(files.map(({ path, modifiedAt }) => [path, modifiedAt])));
    }
  };
}

type Ring = Room['config']['rings'][number];

function pruneAll(room: Room): Promise<number> {
  return pruneIndexes(indexesOf(room.config.state), placesOf(room, room.config.rings), room.now());
}

function placesOf({ pins }: Room, rings: readonly Ring[]): Places {
  return {
    rings: rings.map(({ path }) => path),
    pinned: rings.flatMap(({ name }) => pins.heldIn(name).map(({ path }) => path)),
  };
}

async function* indexFiles(
  { config }: Room,
  { name: ring }: Ring,
  files: readonly Finished[],
  signal: AbortSignal,
): AsyncGenerator<Exclude<IndexStep, { step: 'ended' }>> {
  const names = new Map(files.map(({ path, name }) => [path, name]));
  const paths = [...names.keys()];
  for await (const indexed of buildIndexes(indexesOf(config.state), paths, signal)) {
    const file = names.get(indexed.path) ?? indexed.path;
    switch (indexed.is) {
      case 'built':
        yield { step: 'indexed', ring, file, bytes: indexed.bytes, indexBytes: indexed.indexBytes };
        break;
      case 'there already':
        break;
      case 'not built':
        yield { step: 'left out', ring, file, why: indexed.why };
        break;
      default:
        indexed satisfies never;
    }
  }
}

interface Finished {
  readonly path: string;
  /** As people know it. */
  readonly name: string;
  /** Milliseconds. */
  readonly modifiedAt: number;
}

/**
 * Regular files of a ring that nobody writes to: not the one that was written last, nor any that was a moment ago; then what pins hold that
 * the ring has not under any name.
 */
async function finishedFiles({ pins, now }: Room, ring: Ring): Promise<Finished[]> {
  const names = await readdir(ring.path).catch((cause) => {
    throw new CaptureError('tool_failed', `the ring ${ring.path} cannot be read: ${cause.message}`, { cause });
  });
  const look = async (path: string, name: string) => {
    const stats = await lstat(path).catch(() => undefined);
    return stats?.isFile() ? [{ path, name, modifiedAt: stats.mtimeMs, inode: stats.ino }] : [];
  };
  const inRing = (await Array.fromAsync(names, (name) => look(join(ring.path, name), name))).flat();
  const oldestFirst = inRing.toSorted((one, other) => one.modifiedAt - other.modifiedAt);
  const inodes = new Set(inRing.map(({ inode }) => inode));
  const held = await Array.fromAsync(pins.heldIn(ring.name), ({ path, name, pin }) =>
    look(path, `${name}, ${readFromPin(pin)}`),
  );
  const elsewhere = held.flat().filter(({ inode }) => !inodes.has(inode));
  return [...oldestFirst.slice(0, -1), ...elsewhere].filter(({ modifiedAt }) => now() - modifiedAt > settledAfter);
}
