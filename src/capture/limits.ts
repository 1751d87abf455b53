import { type StatsFs, statfsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { type Actor, mayRole } from './analyst.ts';
import type { Capture, Millis } from './capture.ts';
import { CaptureError } from './errors.ts';
import type { StartOrder } from './orders.ts';
import { bootId } from './process.ts';
import { bytesInWords, counted, durationInWords, largestSize, longestDuration, sizeInWords } from './quantities.ts';
import type { Deadline } from './record.ts';
import type { Room } from './room.ts';

/** What a live capture may take: what was asked for, else what the configuration says. */
export interface GrantedLimits {
  /** Milliseconds. */
  readonly duration: Millis;
  readonly maxBytes: number;
  readonly maxPackets: number | null;
}

/**
 * The limits of a capture about to start.
 * @throws CaptureError `not_allowed` for more than the configuration's limits without being a lead, `bad_request` for none at all
 */
export function grantLimits(room: Room, order: StartOrder, actor: Actor): GrantedLimits {
  const { duration, size } = room.config.limits;
  const asked = { duration: order.duration ?? duration, maxBytes: order.maxBytes ?? size };
  if (asked.duration <= 0 || asked.maxBytes <= 0 || (order.packets ?? 1) <= 0) {
    throw new CaptureError('bad_request', 'a limit of nothing captures nothing: leave it out, or give more');
  }
  if (asked.duration > longestDuration || asked.maxBytes > largestSize) {
    const most = `${durationInWords(longestDuration)} and ${bytesInWords(largestSize)}`;
    throw new CaptureError('bad_request', `a capture takes ${most} at most: ask for less`);
  }
  if (asked.duration > longestFor(room, actor)) {
    throw new CaptureError(
      'not_allowed',
      `only a lead may capture for longer than ${durationInWords(duration)} (limits.duration): ask for less, or ask a lead`,
    );
  }
  if (asked.maxBytes > size && !mayRole.exceedLimits(actor.analyst)) {
    throw new CaptureError(
      'not_allowed',
      `only a lead may capture more than ${sizeInWords(size)} (limits.size): ask for less, or ask a lead`,
    );
  }
  return { duration: asked.duration, maxBytes: asked.maxBytes, maxPackets: order.packets ?? null };
}

/** How long the person may have a capture run, from its start. */
export function longestFor(room: Room, actor: Actor): Millis {
  return mayRole.exceedLimits(actor.analyst) ? longestDuration : room.config.limits.duration;
}

/** The deadline of a capture that starts now. */
export function deadlineIn(room: Room, duration: Millis): Deadline {
  return { at: room.now() + duration, uptime: room.uptime() + duration, boot: bootId };
}

/** Milliseconds until the deadline; in the boot that set it no clock that is set back or forward moves it. */
export function timeLeft(room: Room, deadline: Deadline): Millis {
  return deadline.boot === bootId ? deadline.uptime - room.uptime() : deadline.at - room.now();
}

/** @throws CaptureError `conflict` when the analyst has as many captures running as one may */
export function allowAnother(room: Room, analyst: string): void {
  const { perAnalyst } = room.config.limits;
  const running = room.registry.open().filter((capture) => capture.kind === 'live' && capture.analyst === analyst);
  if (running.length < perAnalyst) return;
  const ids = running.map(({ id }) => id).join(', ');
  throw new CaptureError(
    'conflict',
    `${analyst} has ${counted(running.length, 'capture')} running (${ids}), and ${perAnalyst} is the limit: stop one first`,
    { byLimit: true },
  );
}

/** Bytes that may still be written on the captures' volume by whoever has no privileges there. */
export async function freeBytes(room: Room): Promise<number> {
  return unprivileged(await statfs(room.place.directory));
}

/** The same without a promise: a look at one volume. */
export function freeNow(room: Room): number {
  return unprivileged(statfsSync(room.place.directory));
}

function unprivileged({ bavail, bsize }: StatsFs): number {
  return bavail * bsize;
}

/** @throws CaptureError `no_room` when the free space is below the floor */
export async function allowSpace(room: Room): Promise<void> {
  const floor = room.config.limits.freeSpace;
  const free = await freeBytes(room);
  if (free >= floor) return;
  throw new CaptureError(
    'no_room',
    `${sizeInWords(free)} is free on the volume of ${room.place.directory}, and ${sizeInWords(floor)} must stay free (limits.freeSpace): make room first`,
    { byLimit: true },
  );
}

/** A limit that a running capture is over. */
export interface Reached {
  readonly why: string;
  /** The deadline that it was, where it was one: moved since, it is not reached. */
  readonly deadline?: Millis | undefined;
}

/** Which limit a running capture is over; undefined while it is over none. @param bytes of its savefile now */
export function limitReached(room: Room, capture: Capture, bytes: number): Reached | undefined {
  const deadline = room.supervision.deadline(capture.id);
  if (deadline !== null && timeLeft(room, deadline) <= 0) {
    return { why: timeOver(room, capture, deadline), deadline: deadline.at };
  }
  if (capture.limits.bytes !== null && bytesBefore(capture) + bytes >= capture.limits.bytes) {
    const together = capture.earlier.length > 0 ? ', all its savefiles together' : '';
    return { why: `its limit of ${sizeInWords(capture.limits.bytes)} was reached${together}` };
  }
  return undefined;
}

/** That a capture's time is over, and, where nobody looked after it in time, since when and until when it captured. */
export function timeOver(room: Room, capture: Capture, deadline: Deadline): string {
  const ran = Math.max(1_000, Math.round((deadline.at - capture.startedAt) / 1_000) * 1_000);
  const why = `its time was over: ${durationInWords(ran)} from its start`;
  const late = -timeLeft(room, deadline);
  if (late < lateAfter) return why;
  const now = room.now();
  return `${why}, at ${inUtc(now - late)}; nobody looked after it until ${inUtc(now)}: it captured until then`;
}

/** Nobody is told of less: a sensor that has much to do looks a little later. */
const lateAfter: Millis = 5_000;

function inUtc(at: Millis): string {
  return `${new Date(at).toISOString().replace('T', ' ').slice(0, 19)} UTC`;
}

/** Bytes of a capture's savefiles from before a reboot: they count against its limit. */
export function bytesBefore({ earlier }: Pick<Capture, 'earlier'>): number {
  return earlier.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
}

/** Packets that a capture's savefile may hold, those from before a reboot being counted; null is without limit. */
export function packetsLeft({ limits, earlier }: Pick<Capture, 'limits' | 'earlier'>): number | null {
  return limits.packets === null ? null : earlier.reduce((left, { packets }) => left - (packets ?? 0), limits.packets);
}
