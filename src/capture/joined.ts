import { setTimeout as pause } from 'node:timers/promises';
import type { Capture } from './capture.ts';
import { joinDue, joinOne } from './joining/join.ts';
import type { JoinNumber } from './joins.ts';
import type { JoinStep } from './orders.ts';
import type { Room } from './room.ts';

/** Milliseconds between two looks whether a savefile that another process joins is done. */
const pollEvery = 100;

/**
 * The steps of an order that wants one joined savefile, then what became of that; where a part still runs, that it comes later.
 * @param steps of the order, whose captures are parts of that join
 * @param signal cancels the order, the joining as well
 * @throws CaptureError as the order does
 */
export async function* withJoin<Step>(
  room: Room,
  steps: (partOf: JoinNumber) => AsyncIterable<Step>,
  signal: AbortSignal,
): AsyncGenerator<Step | JoinStep> {
  const number = room.joins.open();
  try {
    yield* steps(number);
  } finally {
    room.joins.complete(number);
    // With one savefile or none that is said at once; the rest is for who looks after the installation.
    await joinNothing(room, number);
    if (room.joins.isPending(number)) await room.leaveSupervisor();
  }
  const last = partsOf(room, number).at(-1);
  if (last === undefined) return;
  if (partsOf(room, number).some(({ endedAt }) => endedAt === null)) {
    yield { step: 'not joined', capture: last, why: laterInWords(partsOf(room, number)) };
    return;
  }
  while (room.joins.isPending(number) && !signal.aborted) {
    const pending = room.joins.pending().find((one) => one.number === number);
    if (pending !== undefined) await joinOne(room, pending, { cancel: signal, leave: new AbortController().signal });
    await pause(pollEvery);
  }
  const { join } = room.registry.byId(last.id) ?? last;
  const joined = join?.join === 'into' ? room.registry.byId(join.capture) : undefined;
  if (joined !== undefined && joined.endedAt !== null) yield { step: 'joined', capture: joined };
  else if (join?.join === 'none') yield { step: 'not joined', capture: last, why: join.why };
}

async function joinNothing(room: Room, number: JoinNumber): Promise<void> {
  const captures = partsOf(room, number);
  if (captures.some(({ endedAt }) => endedAt === null) || captures.filter(({ sha256 }) => sha256 !== null).length > 1)
    return;
  const pending = room.joins.pending().find((one) => one.number === number);
  const never = new AbortController().signal;
  if (pending !== undefined) await joinOne(room, pending, { cancel: never, leave: never });
}

function partsOf(room: Room, number: JoinNumber): Capture[] {
  return room.joins.parts(number).flatMap((id) => room.registry.byId(id) ?? []);
}

function laterInWords(parts: readonly Capture[]): string {
  const running = parts.filter(({ endedAt }) => endedAt === null).map(({ id }) => id);
  return `${parts.map(({ id }) => id).join(' and ')} are joined once ${running.join(' and ')} has ended`;
}

/** Makes what is due beside whatever else this process does, and lets go of it when it ends. */
export function openJoiner(room: Room) {
  const leaving = new AbortController();
  let under: Promise<void> | undefined;
  return {
    look: (): void => {
      if (under !== undefined || leaving.signal.aborted || room.joins.pending().length === 0) return;
      under = joinDue(room, leaving.signal)
        .catch((error: unknown) => room.log.error({ error }, 'not joined, next try follows'))
        .finally(() => {
          under = undefined;
        });
    },
    leave: async (): Promise<void> => {
      leaving.abort(new Error('left to whoever looks next'));
      await under;
    },
  };
}
