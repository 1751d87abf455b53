import { setTimeout as pause } from 'node:timers/promises';
import type { Capture, Millis } from './capture.ts';
import { joinDue, joinOne } from './joining/join.ts';
import type { JoinNumber } from './joins.ts';
import type { JoinStep } from './orders.ts';
import type { Room } from './room.ts';

/** Milliseconds between two looks whether a savefile that another process joins is done. */
const pollEvery = 100;
/** What keeps one from being begun, a disk that cannot be written to, does not pass within a second. */
const tryAgain: Millis = 10_000;

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
  const number = await room.patiently(room.joins.open);
  let isThrough = false;
  try {
    yield* steps(number);
    isThrough = true;
  } finally {
    await room.patiently(() => room.joins.complete(number));
    await joinNothing(room, number);
    // A reader that walks away, and what ended the order, leave the rest to who looks after the installation.
    if (!isThrough && room.joins.isPending(number)) await room.leaveSupervisor();
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
  if (room.joins.isPending(number)) {
    await room.leaveSupervisor();
    const parts = partsOf(room, number).map(({ id }) => id);
    yield { step: 'not joined', capture: last, why: `${parts.join(' and ')} are joined by who looks after the sensor` };
    return;
  }
  const { join } = room.registry.byId(last.id) ?? last;
  const joined = join?.join === 'into' ? room.registry.byId(join.capture) : undefined;
  if (joined !== undefined && joined.endedAt !== null) yield { step: 'joined', capture: joined };
  else if (join?.join === 'none') yield { step: 'not joined', capture: last, why: join.why };
}

/** Of one savefile, or none, it is said at once that there is nothing to join. */
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
  let notBefore: Millis = 0;
  return {
    look: (): void => {
      if (under !== undefined || leaving.signal.aborted || room.uptime() < notBefore) return;
      under = joinDue(room, leaving.signal)
        .catch((error: unknown) => {
          notBefore = room.uptime() + tryAgain;
          room.log.error({ error }, 'not joined, next try follows');
        })
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
