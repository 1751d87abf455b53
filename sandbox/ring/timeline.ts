import { beaconAt, beaconPeriod, type Concern, sessionOf } from './cast.ts';
import { type Random, randomFrom, waitOf } from './random.ts';
import type { Passing, Session } from './sessions.ts';

/** A frame in the order of time, and whom it concerns. */
export type Sighting = Passing & { concern: Concern };

type Running = { next: Passing; session: Session; concern: Concern };

/**
 * All frames from `from` up to `to` (microseconds) in time order, sessions overlapping as they do on a wire;
 * about `bytes` of pcap records in all. The same seed gives the same frames.
 */
export function* timeline(from: number, to: number, bytes: number, seed: number): Generator<Sighting, void, undefined> {
  const random = randomFrom(seed);
  const meanWait = ((to - from) * meanSessionBytes()) / bytes;
  const running: Running[] = [];
  let arrival = from + waitOf(random, meanWait);
  let beacon = firstBeacon(from);
  for (;;) {
    const earliest = running[0]?.next.at ?? Number.POSITIVE_INFINITY;
    if (Math.min(earliest, arrival, beacon) >= to) return;
    if (beacon <= earliest && beacon <= arrival) {
      begin(running, beaconAt(beacon));
      beacon += beaconPeriod;
    } else if (arrival <= earliest) {
      begin(running, sessionOf(random, Math.floor(arrival)));
      arrival += waitOf(random, meanWait);
    } else {
      const sighting = advance(running);
      if (sighting) yield sighting;
    }
  }
}

function firstBeacon(from: number): number {
  const half = beaconPeriod / 2;
  return Math.ceil((from - half) / beaconPeriod) * beaconPeriod + half;
}

function begin(running: Running[], { session, concern }: { session: Session; concern: Concern }): void {
  const first = session.next();
  if (first.done) return;
  running.push({ next: first.value, session, concern });
  rise(running);
}

/** Takes the earliest frame and puts its session back where its next frame belongs. */
function advance(running: Running[]): Sighting | undefined {
  const earliest = running[0];
  if (!earliest) return undefined;
  const { at, frame } = earliest.next;
  const following = earliest.session.next();
  if (following.done) {
    const last = running.pop();
    if (last && last !== earliest) running[0] = last;
  } else {
    earliest.next = following.value;
  }
  sink(running);
  return { at, frame, concern: earliest.concern };
}

// `running` is a binary heap: thousands of sessions may overlap, and each frame needs the earliest of them.
function rise(heap: Running[]): void {
  for (let n = heap.length - 1; n > 0; ) {
    const parent = (n - 1) >> 1;
    if (!swapIfLater(heap, parent, n)) return;
    n = parent;
  }
}

function sink(heap: Running[]): void {
  for (let n = 0; ; ) {
    const left = 2 * n + 1;
    const child = at(heap, left + 1) < at(heap, left) ? left + 1 : left;
    if (!swapIfLater(heap, n, child)) return;
    n = child;
  }
}

function at(heap: Running[], n: number): number {
  return heap[n]?.next.at ?? Number.POSITIVE_INFINITY;
}

function swapIfLater(heap: Running[], upper: number, lower: number): boolean {
  const above = heap[upper];
  const below = heap[lower];
  if (!above || !below || above.next.at <= below.next.at) return false;
  heap[upper] = below;
  heap[lower] = above;
  return true;
}

/** The mean of 2,000 drawn sessions: it follows by itself when the cast changes. */
function meanSessionBytes(): number {
  const random: Random = randomFrom(2_000);
  let bytes = 0;
  for (let n = 0; n < 2_000; n += 1) {
    for (const { frame } of sessionOf(random, 0).session) bytes += 16 + frame.length;
  }
  return bytes / 2_000;
}
