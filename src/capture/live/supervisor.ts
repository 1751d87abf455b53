import { stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Capture, Millis } from '../capture.ts';
import { freeBytes, limitReached, type Reached, timeLeft } from '../limits.ts';
import { signal } from '../process.ts';
import { sizeInWords } from '../quantities.ts';
import { inHand, observe, type Room } from '../room.ts';
import { isHeld } from '../supervision.ts';
import { runningCounts } from '../tcpdump.ts';
import { endLive } from './ending.ts';
import { lastWords } from './launch.ts';

/** How often running captures are looked at: a limit of size is overshot by what comes in this time. */
const lookEvery: Millis = 1_000;
/** How often tcpdump is asked for its counts: each answer is three lines in its file for as long as it runs. */
const countEvery: Millis = 60_000;
/** Somebody is asked this long before a deadline, or at four fifths of a shorter run. */
const askBefore: Millis = 10 * 60_000;
/** Nobody reads a question and answers it in less. */
const leastToAnswer: Millis = 30_000;
/** The largest capture ends when the disk would be at its floor this soon. */
const soon: Millis = 5_000;

/** What the supervisor remembers between two looks. */
interface Memory {
  countedAt: Map<string, Millis>;
  free: { readonly at: Millis; readonly bytes: number } | undefined;
}

/**
 * Looks after running captures for as long as this process holds the lease, and waits for it while another does: limits, free space,
 * kernel drops, the question before a deadline. Where only the signal ends it and captures run on, somebody is left behind.
 * @param look brings registry and processes together, by whoever holds the lease before each look at the limits
 * @param untilIdle ends when nothing runs any more, the lease given back in the same step, and while another looks after what runs
 */
export async function supervise(
  room: Room,
  look: (inCharge: boolean) => Promise<void>,
  untilIdle: boolean,
  stop: AbortSignal,
): Promise<void> {
  const memory: Memory = { countedAt: new Map(), free: undefined };
  while (!stop.aborted) {
    const inCharge = await room.patiently(() => holdLease(room));
    if (!inCharge && untilIdle) return;
    await look(inCharge);
    if (inCharge) await superviseOnce(room, memory);
    if (untilIdle && (await room.patiently(() => room.supervision.releaseWhenIdle(room.self)))) return;
    await pause(lookEvery, undefined, { signal: stop }).catch(() => undefined);
  }
  await room.patiently(() => room.supervision.releaseLease(room.self));
  // One that was left behind itself is told to end by somebody who knows better.
  const isLeft = room.joins.pending().length > 0 || room.registry.open().some(({ kind }) => kind === 'live');
  if (!untilIdle && isLeft) await room.leaveSupervisor();
}

function holdLease(room: Room): boolean {
  const lease = room.supervision.lease();
  if (isHeld(lease, room.uptime()) && lease.holder !== room.self) return false;
  return room.supervision.takeLease(lease, room.self, room.uptime());
}

async function superviseOnce(room: Room, memory: Memory): Promise<void> {
  const running = room.registry.open().filter(({ kind, state }) => kind === 'live' && state === 'running');
  const sized = await Promise.all(running.map(async (capture) => ({ capture, bytes: await sizeOf(capture) })));
  for (const { capture, bytes } of sized) {
    const reached = limitReached(room, capture, bytes);
    if (reached === undefined) watchOver(room, capture, memory);
    else end(room, capture, reached);
  }
  await keepSpace(room, sized, memory);
}

async function sizeOf(capture: Capture): Promise<number> {
  return stat(capture.path).then(
    ({ size }) => size,
    () => 0,
  );
}

/** Ends a capture for a reason of ours; the next look does not wait for it. */
function end(room: Room, capture: Capture, { why, deadline }: Reached): void {
  if (room.inHand.has(capture.id)) return;
  if (!room.registry.markStopping(capture.id, { ending: 'finished', why, deadline })) return;
  const stopping = room.registry.byId(capture.id) ?? capture;
  inHand(room, capture.id, () => endLive(room, stopping, false, () => observe(room, capture, 'limit', why))).catch(
    (error) =>
      // Still stopping, and ours: the next reconcile tries again.
      room.log.error({ capture: capture.id, error }, 'capture not ended'),
  );
}

function watchOver(room: Room, capture: Capture, memory: Memory): void {
  const deadline = room.supervision.deadline(capture.id);
  if (deadline !== null && !capture.limits.near) {
    const whole = deadline.at - capture.startedAt;
    const before = Math.min(askBefore, whole / 5);
    const near = before >= leastToAnswer && timeLeft(room, deadline) <= before;
    if (near && room.supervision.markAsked(capture.id, deadline.at))
      room.log.info({ capture: capture.id }, 'deadline near');
  }
  const countedAt = memory.countedAt.get(capture.id);
  if (countedAt !== undefined && room.uptime() - countedAt < countEvery) return;
  const { tcpdump } = room.registry.processes(capture.id);
  if (tcpdump === null || !signal(tcpdump, 'SIGUSR1')) return;
  memory.countedAt.set(capture.id, room.uptime());
  noteCountsSoon(room, capture).catch((error) => room.log.warn({ capture: capture.id, error }, 'counts not read'));
}

/** tcpdump answers at once, or when it comes back from the packets at hand. */
async function noteCountsSoon(room: Room, capture: Capture): Promise<void> {
  await pause(1_200);
  const counts = runningCounts(await lastWords(room, capture));
  if (counts !== null) await room.patiently(() => room.supervision.noteCounts(capture.id, counts));
}

/** Below the floor, or about to be, the largest capture ends, one at a look: told, with numbers. */
async function keepSpace(
  room: Room,
  sized: readonly { capture: Capture; bytes: number }[],
  memory: Memory,
): Promise<void> {
  const free = await freeBytes(room);
  const now = room.uptime();
  const before = memory.free;
  memory.free = { at: now, bytes: free };
  const shrinking =
    before === undefined || now === before.at ? 0 : Math.max(0, before.bytes - free) / (now - before.at);
  const floor = room.config.limits.freeSpace;
  if (free - shrinking * soon >= floor) return;
  const [largest] = sized
    .filter(({ capture }) => !room.inHand.has(capture.id))
    .toSorted((one, other) => other.bytes - one.bytes);
  if (largest === undefined) return;
  const pace = shrinking > 0 ? `, shrinking by ${sizeInWords(shrinking * 1_000)} a second` : '';
  const why = `ended as the largest running capture: ${sizeInWords(free)} is free on the disk${pace}, and ${sizeInWords(floor)} must stay free`;
  end(room, largest.capture, { why });
}
