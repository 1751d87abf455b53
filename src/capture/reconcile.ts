import { isPassing } from '../database.ts';
import type { Capture } from './capture.ts';
import { isAlive } from './process.ts';
import { isCaredFor, type Room } from './room.ts';

/**
 * Brings the registry and the processes together again, whatever was killed: the one path for every ending that nobody ordered. Also
 * sees to it that somebody looks after what runs.
 */
export async function reconcileAll(room: Room): Promise<void> {
  const open = room.registry.open();
  await Promise.all(open.map((capture) => reconcileOne(room, capture)));
  if (open.some(({ kind }) => kind === 'live') || room.joins.pending().length > 0) await room.leaveSupervisor();
  // Before requests are looked after: what a request came to may be among it.
  await writeOwed(room);
  if (room.requests.open().length > 0) await tend(room);
  await room.patiently(() => room.audit.settleAbandoned(isAlive));
}

/** Writes the outcomes that the audit log did not take; one that it never takes keeps nobody from looking. */
async function writeOwed(room: Room): Promise<void> {
  for (const write of [...room.owed]) {
    try {
      await room.patiently(() => {
        // Several looks may be at it: each takes out what it wrote.
        if (!room.owed.includes(write)) return;
        write();
        room.owed.splice(room.owed.indexOf(write), 1);
      });
    } catch (error) {
      if (isPassing(error)) throw error;
      room.log.error({ error }, 'outcome not written, next try follows');
    }
  }
}

async function tend(room: Room): Promise<void> {
  const { tendRequests } = await import('./abandoned.ts');
  await room.patiently(() => tendRequests(room));
}

async function reconcileOne(room: Room, capture: Capture): Promise<void> {
  try {
    if (isWell(room, capture)) return;
    if (capture.kind === 'live') await (await import('./live/reconcile.ts')).reconcileLive(room, capture);
    else await (await import('./past/ending.ts')).reconcileSearch(room, capture);
  } catch (error) {
    // The others must be looked after all the same; this one is tried again at the next look.
    room.log.error({ capture: capture.id, error }, 'capture not reconciled');
  }
}

/** Whether there is nothing to bring together, as nearly always: what would do it is then not even loaded. */
function isWell(room: Room, { id, kind, state, joined }: Capture): boolean {
  // Made by who looks after the installation: nobody's list is to wait until gigabytes are merged.
  if (joined !== null) return true;
  if (kind === 'past' || state !== 'running') return isCaredFor(room, id);
  const { tcpdump } = room.registry.processes(id);
  return tcpdump !== null && isAlive(tcpdump);
}
