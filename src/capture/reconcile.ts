import type { Capture } from './capture.ts';
import { reconcileLive } from './live/reconcile.ts';
import { reconcileSearch } from './past/ending.ts';
import { isAlive } from './process.ts';
import type { Room } from './room.ts';

/**
 * Brings the registry and the processes together again, whatever was killed: the one path for every ending that nobody ordered. Also
 * sees to it that somebody looks after what runs.
 */
export async function reconcileAll(room: Room): Promise<void> {
  const open = room.registry.open();
  await Promise.all(open.map((capture) => reconcileOne(room, capture)));
  if (open.some(({ kind }) => kind === 'live')) room.leaveSupervisor();
  room.audit.settleAbandoned(isAlive);
  for (let write = room.owed[0]; write !== undefined; write = room.owed[0]) {
    write();
    room.owed.shift();
  }
}

async function reconcileOne(room: Room, capture: Capture): Promise<void> {
  try {
    await (capture.kind === 'live' ? reconcileLive(room, capture) : reconcileSearch(room, capture));
  } catch (error) {
    // The others must be looked after all the same; this one is tried again at the next look.
    room.log.error({ capture: capture.id, error }, 'capture not reconciled');
  }
}
