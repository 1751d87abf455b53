import type { Capture } from '../capture.ts';
import { isThere } from '../custody.ts';
import { endProcess, isAlive, isOfEarlierBoot } from '../process.ts';
import { inHand, observe, type Room, takeOver } from '../room.ts';
import { settleFailed } from '../settling.ts';
import { endLive, outlivesSignals, packetsReached, settleLive, tcpdumpOf, whyItDied } from './ending.ts';
import { startFurther } from './further.ts';
import { listening, patience, removeEmpty } from './launch.ts';

/** Brings an open live capture's entry in the registry and its process back together, whatever was killed in between. */
export async function reconcileLive(room: Room, capture: Capture): Promise<void> {
  switch (capture.state) {
    case 'starting':
      if (takeOver(room, capture.id)) await inHand(room, capture.id, () => finishStart(room, capture));
      return;
    case 'stopping':
      if (takeOver(room, capture.id)) await inHand(room, capture.id, () => finishStop(room, capture));
      return;
    case 'running':
      if (!room.inHand.has(capture.id)) await inHand(room, capture.id, () => tellDeath(room, capture));
      return;
    case 'stopped':
    case 'finished':
    case 'cancelled':
    case 'died':
    case 'failed':
      return;
    default:
      return capture.state satisfies never;
  }
}

/** The process that started it is gone: where its tcpdump is not, it runs, and is ours to stop. */
async function finishStart(room: Room, capture: Capture): Promise<void> {
  const tcpdump = tcpdumpOf(room, capture);
  try {
    await listening(room, capture, tcpdump);
  } catch (error) {
    if (tcpdump !== undefined && !(await endProcess(tcpdump, ['SIGKILL'], patience)))
      throw outlivesSignals(capture, tcpdump);
    await removeEmpty(capture.path);
    if (await isThere(capture.path)) {
      const death = await whyItDied(room, capture);
      const why = `${death}; the process that started it was gone before`;
      return settleLive(room, capture, { state: 'died', why }, () => observe(room, capture, 'died', why));
    }
    const why = `the process that started it was gone before tcpdump captured: ${error instanceof Error ? error.message : error}`;
    return settleFailed(room, capture, why, () => observe(room, capture, 'start', why));
  }
  room.database.transaction(() => {
    if (tcpdump !== undefined) room.registry.noteTcpdump(capture.id, tcpdump);
    if (room.registry.markRunning(capture.id))
      observe(room, capture, 'start', 'found running although the process that started it is gone');
  })();
}

async function finishStop(room: Room, capture: Capture): Promise<void> {
  await endLive(room, capture, true, () =>
    observe(room, capture, 'stop', 'its stop was finished for a process that was gone'),
  );
}

async function tellDeath(room: Room, capture: Capture): Promise<void> {
  const tcpdump = tcpdumpOf(room, capture);
  if (tcpdump !== undefined && isAlive(tcpdump)) return;
  // Who stops it says so before its tcpdump ends: read again, now that it has.
  if (room.registry.byId(capture.id)?.state !== 'running') return;
  const restarted = tcpdump !== undefined && isOfEarlierBoot(tcpdump);
  if (restarted && capture.keep) return startFurther(room, capture);
  const full = await packetsReached(room, capture);
  if (full !== undefined) {
    return settleLive(room, capture, { state: 'finished', why: full }, () => observe(room, capture, 'limit', full));
  }
  const why = restarted
    ? 'the sensor was started again: what tcpdump had not written is lost'
    : await whyItDied(room, capture);
  await settleLive(room, capture, { state: 'died', why }, () => observe(room, capture, 'died', why));
}
