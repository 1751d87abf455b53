import type { Millis } from '../capture/capture.ts';
import { isOpen, wasStoppedBy } from '../capture/capture.ts';
import { CaptureError } from '../capture/errors.ts';
import type { Authorised } from './analysts.ts';
import { explained } from './answer.ts';
import { carryOut, details, listed } from './carry-out.ts';
import type { Desk } from './desk.ts';
import { seenIn } from './views/buttons.ts';
import { endedAlreadyView, extendedAlreadyView, extendedView } from './views/notice.ts';
import { sharedIn, sharedView } from './views/share.ts';
import type { View } from './views/view.ts';

/** Stop or Cancel; null where the capture's message says it all, and who was second is told who was first. */
export async function stop(id: string, { actor }: Authorised, desk: Desk): Promise<View | null> {
  try {
    const [stopped] = await desk.engine.stop(id, actor);
    return stopped === undefined || wasStoppedBy(stopped, actor.analyst.name) ? null : endedAlreadyView(stopped);
  } catch (error) {
    return tooLate(error, id, { about: 0, asked: 'stopped' }, desk);
  }
}

/** Stop under a question: nothing is stopped for a deadline that somebody has moved since. */
export async function stopAsked(value: string, { actor }: Authorised, desk: Desk): Promise<View | null> {
  const { id, deadline } = seenIn(value);
  try {
    const [stopped] = await desk.engine.stop(id, actor, deadline);
    return stopped === undefined || wasStoppedBy(stopped, actor.analyst.name) ? null : endedAlreadyView(stopped);
  } catch (error) {
    return tooLate(error, id, { about: deadline, asked: 'stopped' }, desk);
  }
}

/** Extend, from the deadline that the clicker saw: of two who click, one extends it. */
export async function extend(value: string, { actor }: Authorised, desk: Desk): Promise<View> {
  const { id, deadline, by } = seenIn(value);
  try {
    const extended = await desk.engine.extend(id, by, actor, deadline);
    desk.follow.redraw(id);
    return extendedView(extended);
  } catch (error) {
    return tooLate(error, id, { about: deadline, asked: 'extended' }, desk);
  }
}

export async function show(id: string, { actor }: Authorised, desk: Desk): Promise<View> {
  return details(await desk.engine.show(id, actor), desk);
}

/** How to fetch its savefile, where the clicker may. */
export async function get(id: string, { actor }: Authorised, desk: Desk): Promise<View> {
  return carryOut({ verb: 'get', selector: id }, actor, desk).catch(explained);
}

/** What one person was shown, as it is now, for everybody. */
export async function share(value: string, { actor }: Authorised, desk: Desk): Promise<View> {
  const shared = sharedIn(value);
  const view =
    shared.verb === 'show'
      ? details(await desk.engine.show(shared.id, actor), desk)
      : listed(await desk.engine.list(shared.selection, actor), shared.selection, desk);
  return sharedView(view, actor.analyst.name);
}

/**
 * What somebody is told whose button should not have been there any more; its message is drawn anew.
 * @param click the deadline that it was drawn for, 0 where it was for none; and what it asked for
 */
function tooLate(
  error: unknown,
  id: string,
  { about, asked }: { about: Millis; asked: 'stopped' | 'extended' },
  desk: Desk,
): View {
  if (!(error instanceof CaptureError && error.code === 'conflict')) return explained(error);
  desk.follow.redraw(id);
  if (about !== 0) desk.follow.redraw(id, about);
  const capture = desk.engine.peek(id);
  if (capture === undefined) return explained(error);
  if (!isOpen(capture.state)) return endedAlreadyView(capture);
  return about === 0 || capture.limits.deadline === about ? explained(error) : extendedAlreadyView(capture, asked);
}
