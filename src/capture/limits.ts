import { type StatsFs, statfsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { type Actor, mayRole } from './analyst.ts';
import type { Capture, Millis } from './capture.ts';
import { CaptureError } from './errors.ts';
import type { StartOrder } from './orders.ts';
import { bootId } from './process.ts';
import { counted, durationInWords, sizeInWords } from './quantities.ts';
import type { Deadline } from './registry.ts';
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
  allowDuration(room, actor, asked.duration);
  if (asked.maxBytes > size && !mayRole.exceedLimits(actor.analyst)) {
    throw new CaptureError(
      'not_allowed',
      `only a lead may capture more than ${sizeInWords(size)} (limits.size): ask for less, or ask a lead`,
    );
  }
  return { duration: asked.duration, maxBytes: asked.maxBytes, maxPackets: order.packets ?? null };
}

/** @throws CaptureError `not_allowed` for longer than the configuration's limit without being a lead */
export function allowDuration(room: Room, actor: Actor, duration: Millis): void {
  const limit = room.config.limits.duration;
  if (duration <= limit || mayRole.exceedLimits(actor.analyst)) return;
  const words = durationInWords(limit);
  throw new CaptureError(
    'not_allowed',
    `only a lead may capture for longer than ${words} (limits.duration): ask for less, or ask a lead`,
  );
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
  );
}

/** Why a running capture is over its limits; undefined while it is not. */
export function limitReached(room: Room, capture: Capture, bytes: number): string | undefined {
  const deadline = room.supervision.deadline(capture.id);
  if (deadline !== null && timeLeft(room, deadline) <= 0) {
    return `its time was over: ${durationInWords(Math.max(1_000, Math.round((deadline.at - capture.startedAt) / 1_000) * 1_000))} from its start`;
  }
  if (capture.limits.bytes !== null && bytes >= capture.limits.bytes) {
    return `its limit of ${sizeInWords(capture.limits.bytes)} was reached`;
  }
  return undefined;
}
