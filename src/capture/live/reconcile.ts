import type { Capture, Millis } from '../capture.ts';
import { timeLeft } from '../limits.ts';
import { isAlive, isOfEarlierBoot } from '../process.ts';
import type { Claim } from '../record.ts';
import { inHand, observe, type Room, takeOver } from '../room.ts';
import { settleFailed } from '../settling.ts';
import { finishCutStart } from './cut-start.ts';
import { endLive, packetsReached, settleLive, tcpdumpOf, whyItDied } from './ending.ts';
import { goOn, isToStartAgain, startAgain } from './further.ts';

/** Brings an open live capture's entry in the registry and its process back together, whatever was killed in between. */
export async function reconcileLive(room: Room, capture: Capture): Promise<void> {
  switch (capture.state) {
    case 'starting':
      if (isToStartAgain(room, capture)) return startAgain(room, capture);
      await takeOver(room, capture.id, () => finishStart(room, capture));
      return;
    case 'stopping':
      await takeOver(room, capture.id, () => finishStop(room, capture));
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
  const nothing = await finishCutStart(room, capture);
  if (nothing === undefined) return;
  const why = `the process that started it was gone before tcpdump captured: ${nothing}`;
  await settleFailed(room, capture, why, () => observe(room, capture, 'start', why));
}

async function finishStop(room: Room, capture: Capture): Promise<void> {
  const { ending } = room.registry.processes(capture.id);
  const verb = ending === 'finished' ? 'limit' : ending === 'died' ? 'died' : 'stop';
  await endLive(room, capture, true, () =>
    observe(room, capture, verb, `${capture.why}; its ending was finished for a process that was gone`),
  );
}

async function tellDeath(room: Room, capture: Capture): Promise<void> {
  const tcpdump = tcpdumpOf(room, capture);
  if (tcpdump !== undefined && isAlive(tcpdump)) return;
  const { tcpdump: noted } = room.registry.processes(capture.id);
  const restarted = noted !== null && isOfEarlierBoot(noted);
  const deadline = room.supervision.deadline(capture.id);
  const isOver = deadline !== null && timeLeft(room, deadline) <= 0;
  if (restarted && capture.keep && !isOver) {
    const claimed = await room.patiently(() => room.supervision.claimFurther(capture.id, noted, room.now()));
    if (claimed) await goOn(room, capture);
    return;
  }
  const claim = await howItEnded(room, capture, restarted, isOver ? deadline.at : undefined);
  // Who stops it says so before its tcpdump ends, and of several who see this end one tells it.
  if (!(await room.patiently(() => room.registry.markGone(capture.id, noted, claim, room.now())))) return;
  const { ending, why } = claim;
  await settleLive(room, capture, { state: ending, why }, () =>
    observe(room, capture, ending === 'died' ? 'died' : 'limit', why),
  );
}

async function howItEnded(room: Room, capture: Capture, restarted: boolean, over: Millis | undefined): Promise<Claim> {
  if (restarted && capture.keep)
    return { ending: 'finished', why: 'its time was over before the sensor was up again', deadline: over };
  const full = await packetsReached(room, capture);
  if (full !== undefined) return { ending: 'finished', why: full };
  return {
    ending: 'died',
    why: restarted
      ? 'the sensor was started again: what tcpdump had not written is lost'
      : await whyItDied(room, capture),
  };
}
