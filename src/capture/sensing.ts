import { setImmediate as otherWork } from 'node:timers/promises';
import type { Capture, Millis } from './capture.ts';
import { oneAtATime } from './duties.ts';
import { type Health, type KernelDrops, writtenBetween } from './health.ts';
import { freeBytes } from './limits.ts';
import { lookAtRing } from './past/look.ts';
import { indexesOf } from './past/ringindex/place.ts';
import { pidOf } from './process.ts';
import type { Room } from './room.ts';
import { isHeld } from './supervision.ts';

/** How long what was seen is believed: a ring may have ten thousand files, a day thousands of captures. */
const ringsBelieved: Millis = 30_000;
const paceBelieved: Millis = 60_000;
const day: Millis = 86_400_000;

/**
 * What tells how the sensor is, as often as one likes: what costs is looked at anew after a while, once for all who ask.
 * @param present a capture with its size now
 * @param closing ends a look with its reason
 */
export function openSensing(
  room: Room,
  present: (capture: Capture) => Capture,
  closing: AbortSignal,
): () => Promise<Health> {
  const store = indexesOf(room.config.state);
  const rings = believed(room, ringsBelieved, async () => {
    const looked: Health['rings'][number][] = [];
    for (const ring of room.config.rings) {
      looked.push(await lookAtRing(ring, store, room.now()));
      closing.throwIfAborted();
    }
    return looked;
  });
  const pace = believed(room, paceBelieved, async () => {
    const to = room.now();
    let written = 0;
    for (const page of room.registry.ranBetween(to - day, to)) {
      written += writtenBetween(page.map(present), { from: to - day, to });
      await otherWork();
      closing.throwIfAborted();
    }
    return Math.round(written);
  });
  return async () => {
    const floor = room.config.limits.freeSpace;
    const [ringsNow, writtenPerDay, disk] = await Promise.all([
      rings(),
      pace(),
      freeBytes(room).then(
        (free) => ({ free, floor }),
        () => null,
      ),
    ]);
    closing.throwIfAborted();
    return { disk, writtenPerDay, drops: dropsNow(room), rings: ringsNow, supervisor: supervisorNow(room) };
  };
}

function dropsNow({ registry }: Room): KernelDrops {
  const live = registry.open().filter(({ kind }) => kind === 'live');
  const counted = live.flatMap(({ id: capture, counts }) => {
    const packets = counts?.droppedByKernel ?? null;
    return packets === null ? [] : [{ capture, packets }];
  });
  return { live: live.length, counted: counted.length, dropping: counted.filter(({ packets }) => packets > 0) };
}

function supervisorNow({ supervision, uptime, self }: Room): Health['supervisor'] {
  const lease = supervision.lease();
  return isHeld(lease, uptime()) ? { pid: pidOf(lease.holder), isThisProcess: lease.holder === self } : null;
}

function believed<Seen>(
  { uptime }: Pick<Room, 'uptime'>,
  lasts: Millis,
  look: () => Promise<Seen>,
): () => Promise<Seen> {
  let last: { readonly at: Millis; readonly seen: Seen } | undefined;
  const anew = oneAtATime(async () => {
    const seen = await look();
    last = { at: uptime(), seen };
    return seen;
  });
  return async () => (last !== undefined && uptime() - last.at < lasts ? last.seen : anew.now());
}
