import type { Actor } from './analyst.ts';
import { type Capture, may, mayStop } from './capture.ts';
import { CaptureError } from './errors.ts';
import { allowDuration } from './limits.ts';
import { durationInWords } from './quantities.ts';
import type { Order, Room } from './room.ts';

/**
 * Moves the deadline of a live capture by so many milliseconds.
 * @throws CaptureError `not_found`, `conflict` when it has ended, `not_allowed`, `bad_request` for a search
 */
export async function extend(room: Room, id: string, by: number, actor: Actor, asked: Order): Promise<Capture> {
  const capture = running(room, id, actor);
  const deadline = room.supervision.deadline(capture.id);
  if (deadline === null) throw new CaptureError('conflict', `${capture.id} has no deadline to move`);
  if (by <= 0) throw new CaptureError('bad_request', 'extend by a duration such as --for 2h');
  allowDuration(room, actor, by);
  const moved = { ...deadline, at: deadline.at + by, uptime: deadline.uptime + by };
  return settled(
    room,
    capture,
    asked,
    () => room.supervision.moveDeadline(capture.id, moved),
    `by ${durationInWords(by)}, to ${new Date(moved.at).toISOString()}`,
  );
}

/**
 * Has a live capture started again after a reboot.
 * @throws CaptureError `not_found`, `conflict` when it has ended, `not_allowed`, `bad_request` for a search
 */
export async function keep(room: Room, id: string, actor: Actor, asked: Order): Promise<Capture> {
  const capture = running(room, id, actor);
  return settled(room, capture, asked, () => room.supervision.markKept(capture.id), 'started again after a reboot');
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

function settled(room: Room, capture: Capture, asked: Order, change: () => boolean, detail: string): Capture {
  const changed = room.database.transaction(() => {
    const done = change();
    if (done) asked.settle('done', capture.id, detail);
    return done;
  })();
  const now = room.registry.byId(capture.id) ?? capture;
  if (!changed) throw new CaptureError('conflict', `${capture.id} has ended meanwhile: ${now.why ?? now.state}`);
  return now;
}
