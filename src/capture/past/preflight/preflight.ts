import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Actor } from '../../analyst.ts';
import { CaptureError } from '../../errors.ts';
import type { SearchOrder } from '../../orders.ts';
import type { FilesAndBytes, Preflight } from '../../preflight.ts';
import type { Room } from '../../room.ts';
import { judge } from '../filter/judge.ts';
import { isScannable } from '../filter/scannable.ts';
import { type Plan, plansOf } from '../plan.ts';
import { filesOf } from '../progress.ts';
import { indexesOf } from '../ringindex/care.ts';
import { knownRing } from '../wanted.ts';
import { type Remaining, remainingOf } from './remaining.ts';

/**
 * What a search would read, where that is more than is read unasked; null where it is not. Without a trace, and of what is too small to matter
 * without a plan.
 * @throws CaptureError what the search itself would throw before its first step
 */
export async function largeSearch(room: Room, order: SearchOrder, actor: Actor): Promise<Preflight | null> {
  const limit = room.config.limits.search;
  if ((await heldBytes(room, order.ring)) <= limit) return null;
  const plans = await plansOf(room, order, actor);
  if (sizeOf(plans.flatMap(({ plan }) => filesOf(plan.places))) <= limit) return null;
  const preflight = await estimate(room, plans);
  return preflight.toRead > limit ? preflight : null;
}

/** What searches as planned would read, over all of the plans. */
async function estimate(room: Room, plans: readonly { ring: string; plan: Plan }[]): Promise<Preflight> {
  const rings = [...new Set(plans.map(({ ring }) => ring))];
  const looked: Looked[] = [];
  for (const { plan } of plans) looked.push(await lookUp(plan, indexesOf(room.config.state)));
  const quick = looked.flatMap(({ remaining }) => remaining);
  const slower = added(looked.map((one) => one.slower));
  const unindexed = quick.filter(({ indexed }) => !indexed).map(({ bytes }) => ({ files: 1, bytes }));
  const [bytes, toRead] = (['bytes', 'toRead'] as const).map((key) => quick.reduce((sum, one) => sum + one[key], 0));
  return {
    rings,
    files: quick.length + slower.files,
    bytes: (bytes ?? 0) + slower.bytes,
    toRead: (toRead ?? 0) + slower.bytes,
    unindexed: added(unindexed),
    slower,
    lasts: null,
    limit: room.config.limits.search,
  };
}

interface Looked {
  /** Of each file that we scan ourselves. */
  readonly remaining: readonly Remaining[];
  /** The others, which are read whole. */
  readonly slower: FilesAndBytes;
}

async function lookUp({ places, program, linktype, window }: Plan, indexes: string): Promise<Looked> {
  const { translatable } = judge(program);
  const files = filesOf(places);
  const scanned = files.filter(
    ({ packing, header }) => translatable && packing === null && isScannable(header).scannable,
  );
  const left = files.filter((file) => !scanned.includes(file));
  const remaining = await remainingOf({
    program,
    linktype,
    window,
    indexes,
    files: scanned.map(({ path, size }) => ({ path, size })),
  });
  return { remaining, slower: { files: left.length, bytes: sizeOf(left) } };
}

/** All that a ring holds, and its pins: no search reads more. */
async function heldBytes(room: Room, named: string | undefined): Promise<number> {
  const { name, path } = knownRing(room, named);
  const names = await readdir(path).catch((cause) => {
    throw new CaptureError('tool_failed', `the ring ${path} cannot be read: ${cause.message}`, { cause });
  });
  const sizes = names.map((file) =>
    stat(join(path, file)).then(
      ({ size }) => size,
      () => 0,
    ),
  );
  const inRing = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  return inRing + sizeOf(room.pins.heldIn(name));
}

function sizeOf(files: readonly { readonly size: number }[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

function added(parts: readonly FilesAndBytes[]): FilesAndBytes {
  return {
    files: parts.reduce((sum, { files }) => sum + files, 0),
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}
