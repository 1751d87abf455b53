import { lstat, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Actor, mayRole } from '../analyst.ts';
import { CaptureError } from '../errors.ts';
import type { IndexOrder, IndexStep } from '../orders.ts';
import type { Order, Room } from '../room.ts';
import { buildIndexes } from './ringindex/build.ts';
import { indexCoverage, pruneIndexes } from './ringindex/care.ts';
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
    for await (const step of indexFiles(room, ring, await finishedFiles(ring.path, room.now()), signal)) {
      if (step.step === 'indexed') [built, read] = [built + 1, read + step.bytes];
      yield step;
    }
  }
  const milliseconds = performance.now() - began;
  const store = indexesOf(room.config.state);
  const coverage = await Promise.all(
    rings.map(async ({ name, path }) => ({ ring: name, ...(await indexCoverage(store, path)) })),
  );
  asked.settle('done', null, `${built} ring files indexed${signal.aborted ? ', cancelled' : ''}`);
  yield { step: 'ended', rings: coverage, read, milliseconds };
}

/**
 * What indexes all rings for nobody in particular, again and again: by who supervises. A file that it was at once is not looked at again
 * while it stays as it is, whether it could be indexed or not.
 */
export function openIndexing(room: Room): (signal: AbortSignal) => Promise<void> {
  const done = new Map<string, number>();
  return async (signal) => {
    await pruneAll(room);
    for (const ring of room.config.rings) {
      const files = await finishedFiles(ring.path, room.now());
      const left = files.filter(({ path, modifiedAt }) => done.get(path) !== modifiedAt);
      for await (const step of indexFiles(room, ring, left, signal)) {
        if (step.step === 'left out')
          room.log.warn({ file: step.file, ring: step.ring, why: step.why }, 'ring file not indexed');
      }
      if (signal.aborted) return;
      for (const path of [...done.keys()].filter((known) => dirname(known) === ring.path)) done.delete(path);
      for (const { path, modifiedAt } of files) done.set(path, modifiedAt);
    }
  };
}

type Ring = Room['config']['rings'][number];

function pruneAll({ config, now }: Room): Promise<number> {
  const rings = config.rings.map(({ path }) => path);
  return pruneIndexes(indexesOf(config.state), rings, now());
}

async function* indexFiles(
  { config }: Room,
  { name: ring, path: directory }: Ring,
  files: readonly Finished[],
  signal: AbortSignal,
): AsyncGenerator<Exclude<IndexStep, { step: 'ended' }>> {
  const paths = files.map(({ path }) => path);
  for await (const indexed of buildIndexes(indexesOf(config.state), paths, signal)) {
    const file = indexed.path.slice(directory.length + 1);
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
  /** Milliseconds. */
  readonly modifiedAt: number;
}

/** Regular files of a ring that nobody writes to: not the one that was written last, nor any that was a moment ago. */
async function finishedFiles(directory: string, now: number): Promise<Finished[]> {
  const names = await readdir(directory).catch((cause) => {
    throw new CaptureError('tool_failed', `the ring ${directory} cannot be read: ${cause.message}`, { cause });
  });
  const files: Finished[] = [];
  for (const name of names) {
    const path = join(directory, name);
    const stats = await lstat(path).catch(() => undefined);
    if (stats?.isFile()) files.push({ path, modifiedAt: stats.mtimeMs });
  }
  const oldestFirst = files.toSorted((one, other) => one.modifiedAt - other.modifiedAt);
  return oldestFirst.slice(0, -1).filter(({ modifiedAt }) => now - modifiedAt > settledAfter);
}
