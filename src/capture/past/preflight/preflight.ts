import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Actor } from '../../analyst.ts';
import { CaptureError } from '../../errors.ts';
import type { SearchOrder } from '../../orders.ts';
import { pacesOf } from '../../paces.ts';
import type { FilesAndBytes, Lasting, Preflight } from '../../preflight.ts';
import type { Room } from '../../room.ts';
import { judge } from '../filter/judge.ts';
import { isScannable } from '../filter/scannable.ts';
import { type Plan, plansOf, type RingPlan } from '../plan.ts';
import { filesOf } from '../progress.ts';
import { indexesOf } from '../ringindex/place.ts';
import { knownRings, type Ring } from '../wanted.ts';
import { type Remaining, remainingOf } from './remaining.ts';

/**
 * What a search would read, where that is more than is read unasked; null where it is not. Without a trace, and of what is too small to matter
 * without a plan.
 * @throws CaptureError what the search itself would throw before its first step
 */
export async function largeSearch(room: Room, order: SearchOrder, actor: Actor): Promise<Preflight | null> {
  const limit = room.config.limits.search;
  let held = 0;
  for (const ring of knownRings(room, order.rings)) held += await heldBytes(room, ring);
  if (held <= limit) return null;
  const plans = await plansOf(room, order, actor);
  const files = plans.flatMap(({ rings }) => rings.flatMap(({ places }) => filesOf(places)));
  if (sizeOf(files) <= limit) return null;
  const preflight = await estimate(room, plans);
  return preflight.toRead > limit ? preflight : null;
}

/** What searches as planned would read, over all of the plans. */
async function estimate(room: Room, plans: readonly Plan[]): Promise<Preflight> {
  const looked: Looked[] = [];
  for (const plan of plans)
    for (const ring of plan.rings) looked.push(await lookUp(plan, ring, indexesOf(room.config.state)));
  const rings = [...new Set(looked.map(({ ring }) => ring))];
  const quick = looked.flatMap(({ remaining }) => remaining);
  const slower = added(looked.map((one) => one.slower));
  const unindexed = quick.filter(({ indexed }) => !indexed).map(({ bytes }) => ({ files: 1, bytes }));
  const bytes = quick.reduce((sum, one) => sum + one.bytes, 0);
  return {
    rings,
    files: quick.length + slower.files,
    bytes: bytes + slower.bytes,
    toRead: toReadOf(quick) + slower.bytes,
    unindexed: added(unindexed),
    slower,
    lasts: lasting(
      room,
      rings.map((ring) => ({
        ring,
        bytes: toReadOf(looked.filter((one) => one.ring === ring).flatMap(({ remaining }) => remaining)),
      })),
    ),
    limit: room.config.limits.search,
  };
}

/** A search says how fast a larger one will be when it read a hundredth of what that will read: below, its beginning is all of it. */
const comparable = 0.01;

/** How long rings take together, at the most: as if one were read after the other; null where of one of them that is not known. */
function lasting(room: Room, parts: readonly { readonly ring: string; readonly bytes: number }[]): Lasting | null {
  let milliseconds = 0;
  const by: string[] = [];
  for (const { ring, bytes } of parts) {
    const paces = pacesOf(room.database, ring, bytes * comparable);
    if (bytes === 0 || paces.length === 0) return null;
    const took = paces.reduce((sum, one) => sum + one.milliseconds, 0);
    milliseconds += (bytes / paces.reduce((sum, one) => sum + one.bytes, 0)) * took;
    by.push(...paces.map(({ id }) => id));
  }
  return { milliseconds, by };
}

function toReadOf(files: readonly Remaining[]): number {
  return files.reduce((sum, { toRead }) => sum + toRead, 0);
}

interface Looked {
  readonly ring: string;
  /** Of each file that we scan ourselves. */
  readonly remaining: readonly Remaining[];
  /** The others, which are read whole. */
  readonly slower: FilesAndBytes;
}

async function lookUp(
  { linktype, window }: Plan,
  { ring, places, program, hosts }: RingPlan,
  indexes: string,
): Promise<Looked> {
  const { translatable } = judge(program);
  const files = filesOf(places);
  const scanned = files.filter(
    ({ packing, header }) => translatable && packing === null && isScannable(header).scannable,
  );
  const left = files.filter((file) => !scanned.includes(file));
  const remaining = await remainingOf({
    program,
    hosts: hosts?.programs ?? null,
    linktype,
    window,
    indexes,
    files: scanned.map(({ path, size }) => ({ path, size })),
  });
  return { ring, remaining, slower: { files: left.length, bytes: sizeOf(left) } };
}

/** All that a ring holds, and its pins: no search reads more. */
async function heldBytes(room: Room, { name, path }: Ring): Promise<number> {
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
