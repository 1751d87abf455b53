import { type Actor, mayRole } from './analyst.ts';
import { type Capture, type CaptureId, type Millis, may, mayStop } from './capture.ts';
import { CaptureError } from './errors.ts';
import { longestFor } from './limits.ts';
import { isSecond } from './membership.ts';
import { durationInWords, longestDuration } from './quantities.ts';
import type { Order, Room } from './room.ts';

/** Which capture, by how many milliseconds, and the deadline that was seen, where the order is about that one alone. */
export interface Extension {
  readonly id: string;
  readonly by: Millis;
  readonly seen?: Millis | undefined;
}

/**
 * Moves the deadline of a live capture, in one step: what was done is never followed by an end before it.
 * @throws CaptureError `not_found`, `conflict` when it has ended or was extended since it was seen, `not_allowed`, `bad_request` for a search
 */
export async function extend(room: Room, { id, by, seen }: Extension, actor: Actor, asked: Order): Promise<Capture> {
  const capture = running(room, id, actor);
  if (!(by > 0 && by <= longestDuration))
    throw new CaptureError('bad_request', 'extend by a duration such as --for 2h');
  return settled(room, capture, asked, () => {
    const longest = Math.min(longestFor(room, actor), unapproved(room, capture.id, actor));
    const moved = room.supervision.extendDeadline(capture.id, by, longest, seen);
    if (moved === undefined) refuseLonger(room, capture.id, actor, seen);
    return moved === undefined ? undefined : `by ${durationInWords(by)}, to ${new Date(moved).toISOString()}`;
  });
}

/**
 * How long a capture may run from its start without a second person: as it was approved, else up to the configuration's bound; without end
 * where the person is that second one. Milliseconds.
 */
function unapproved(room: Room, id: CaptureId, actor: Actor): number {
  const { approval } = room.config;
  const capture = room.registry.byId(id);
  if (capture === undefined) return Number.MAX_SAFE_INTEGER;
  if (mayRole.approve(actor.analyst) && isSecond(room, actor, capture)) return Number.MAX_SAFE_INTEGER;
  const { deadline } = capture.limits;
  if (capture.approvedBy !== null && deadline !== null) return deadline - capture.startedAt;
  return approval?.duration ?? Number.MAX_SAFE_INTEGER;
}

/** @throws CaptureError where the capture goes on, and the person may not have it go on for longer */
function refuseLonger(room: Room, id: CaptureId, actor: Actor, seen: Millis | undefined): void {
  const now = room.registry.byId(id);
  if (now === undefined || !may.stop(now)) return;
  const { deadline } = now.limits;
  if (deadline === null) throw new CaptureError('conflict', `${id} has no deadline to move`);
  if (seen !== undefined && seen !== deadline) throw extendedAlready(now);
  const [allowed, alone] = [longestFor(room, actor), unapproved(room, id, actor)];
  if (now.approvedBy !== null && alone < Number.MAX_SAFE_INTEGER) {
    const words = `${id} runs as it was approved by ${now.approvedBy}: a lead other than ${othersThan(now)} extends it`;
    throw new CaptureError('not_allowed', words);
  }
  const longest = Math.min(allowed, alone);
  // To the second below: what is said here can be typed.
  const more = Math.floor((longest - (deadline - now.startedAt)) / 1_000) * 1_000;
  const rest = more > 0 ? `extend it by ${durationInWords(more)} at most` : 'it has all of that';
  if (alone < allowed) {
    const whose = `a second person, a lead other than ${othersThan(now)}, extends it beyond that`;
    throw new CaptureError(
      'not_allowed',
      `without approval a capture runs for ${durationInWords(longest)} from its start (approval.duration): ${rest}; ${whose}`,
    );
  }
  if (mayRole.exceedLimits(actor.analyst))
    throw new CaptureError('bad_request', `nothing captures for longer than ${durationInWords(longest)}: ${rest}`);
  throw new CaptureError(
    'not_allowed',
    `only a lead may have a capture run for longer than ${durationInWords(longest)} from its start (limits.duration): ${rest}, or ask a lead`,
  );
}

/** What somebody is told who answers a question about a deadline that has moved since. */
export function extendedAlready({ id, limits: { deadline } }: Capture): CaptureError {
  const until =
    deadline === null
      ? 'without a limit of time'
      : `until ${new Date(deadline).toISOString().replace('T', ' ').slice(0, 19)} UTC`;
  return new CaptureError('conflict', `${id} was extended already: it goes on ${until}`);
}

function othersThan({ analyst, orderedBy }: Capture): string {
  return [...new Set([orderedBy, analyst])].join(' and ');
}

/**
 * Has a live capture started again after a reboot.
 * @throws CaptureError `not_found`, `conflict` when it has ended, `not_allowed`, `bad_request` for a search
 */
export async function keep(room: Room, id: string, actor: Actor, asked: Order): Promise<Capture> {
  const capture = running(room, id, actor);
  return settled(room, capture, asked, () =>
    room.supervision.markKept(capture.id) ? 'started again after a reboot' : undefined,
  );
}

function running(room: Room, id: string, actor: Actor): Capture {
  const capture = room.registry.byId(id);
  if (capture === undefined)
    throw new CaptureError('not_found', `there is no capture ${id}: see what there is with "list --all"`);
  if (capture.kind === 'past')
    throw new CaptureError('bad_request', `${capture.id} is a search of the past: it ends when it has read its ring`);
  if (!mayStop(actor.analyst, capture)) {
    throw new CaptureError(
      'not_allowed',
      `${capture.id} is ${capture.analyst}'s capture: ask ${capture.analyst} or a lead`,
    );
  }
  if (!may.stop(capture))
    throw new CaptureError('conflict', `${capture.id} has ended already: ${capture.why ?? capture.state}`);
  return capture;
}

/** @param change what was done, in words; undefined where the capture had ended meanwhile */
async function settled(room: Room, capture: Capture, asked: Order, change: () => string | undefined): Promise<Capture> {
  // Immediate: nobody changes it between the two, and two at once wait for each other.
  const write = room.database.transaction(() => {
    const done = change();
    if (done !== undefined) asked.settle('done', capture.id, done);
    return done;
  });
  const changed = await room.patiently(write.immediate);
  const now = room.registry.byId(capture.id) ?? capture;
  if (changed === undefined)
    throw new CaptureError('conflict', `${capture.id} has ended meanwhile: ${now.why ?? now.state}`);
  return now;
}
