import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Actor } from '../analyst.ts';
import { mayRole } from '../analyst.ts';
import { CaptureError } from '../errors.ts';
import type { IndexOrder, IndexStep } from '../orders.ts';
import type { Order, Room } from '../room.ts';
import { buildIndexes } from './ringindex/build.ts';
import { indexCoverage, indexesOf, pruneIndexes } from './ringindex/care.ts';
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
  let built = 0;
  for await (const step of indexRings(room, rings, signal)) {
    if (step.step === 'indexed') built += 1;
    if (step.step === 'ended')
      asked.settle('done', null, `${built} ring files indexed${signal.aborted ? ', cancelled' : ''}`);
    yield step;
  }
}

/** As `indexAsked` does for all rings, for nobody in particular: by who supervises. */
export async function indexInBackground(room: Room, signal: AbortSignal): Promise<void> {
  for await (const step of indexRings(room, room.config.rings, signal)) {
    if (step.step === 'left out')
      room.log.warn({ file: step.file, ring: step.ring, why: step.why }, 'ring file not indexed');
  }
}

async function* indexRings(
  { config, now }: Room,
  rings: Room['config']['rings'],
  signal: AbortSignal,
): AsyncGenerator<IndexStep> {
  const store = indexesOf(config.state);
  await pruneIndexes(
    store,
    config.rings.map(({ path }) => path),
    now(),
  );
  const began = performance.now();
  let read = 0;
  for (const { name: ring, path: directory } of rings) {
    for await (const indexed of buildIndexes(store, await finishedFiles(directory, now()), signal)) {
      const file = indexed.path.slice(directory.length + 1);
      switch (indexed.is) {
        case 'built':
          read += indexed.bytes;
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
  const milliseconds = performance.now() - began;
  const coverage = await Promise.all(
    rings.map(async ({ name, path }) => ({ ring: name, ...(await indexCoverage(store, path)) })),
  );
  yield { step: 'ended', rings: coverage, read, milliseconds };
}

/** Regular files of a ring that nobody writes to: not the one that was written last, nor any that was a moment ago. */
async function finishedFiles(directory: string, now: number): Promise<string[]> {
  const names = await readdir(directory).catch((cause) => {
    throw new CaptureError('tool_failed', `the ring ${directory} cannot be read: ${cause.message}`, { cause });
  });
  const files: { path: string; modifiedAt: number }[] = [];
  for (const name of names) {
    const path = join(directory, name);
    const stats = await lstat(path).catch(() => undefined);
    if (stats?.isFile()) files.push({ path, modifiedAt: stats.mtimeMs });
  }
  const oldestFirst = files.toSorted((one, other) => one.modifiedAt - other.modifiedAt);
  return oldestFirst
    .slice(0, -1)
    .filter(({ modifiedAt }) => now - modifiedAt > settledAfter)
    .map(({ path }) => path);
}
