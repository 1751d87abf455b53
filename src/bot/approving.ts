import type { Actor } from '../capture/analyst.ts';
import type { AskedLive } from '../capture/approval.ts';
import type { Millis } from '../capture/capture.ts';
import { CaptureError } from '../capture/errors.ts';
import type { Started } from '../capture/orders.ts';
import { type Authorised, requesterNow } from './analysts.ts';
import { explained, joined } from './answer.ts';
import { answerable } from './answerable.ts';
import type { Desk } from './desk.ts';
import { beginLive } from './searching.ts';
import { startedView } from './views/notice.ts';
import { buttonValue, deniedView, inviteForRequestView, requestedView } from './views/request.ts';
import { requestsView } from './views/requests.ts';
import type { View } from './views/view.ts';

/** A person waits for the answer; longer than this they do not wait to hear where the message is. */
const messageWait: Millis = 8_000;

/**
 * Has an order wait for a second person where it needs one, and says so to who gave it; null where it may start.
 * @throws CaptureError as `engine.requestApproval`
 */
export async function askSecond(asked: AskedLive, actor: Actor, desk: Desk): Promise<View | null> {
  const request = await desk.engine.requestApproval(asked, actor);
  if (request === null) return null;
  const trouble = await desk.follow.posted(request.id, messageWait);
  const view = requestedView(request);
  return trouble === null || trouble === 'late' ? view : joined(view, inviteForRequestView(request));
}

/**
 * Starts what waits, and leaves a search that comes with it running in this process; whoever asked is told the warnings in its thread, too.
 * @throws CaptureError as `engine.approve`
 */
export async function approveOne(id: string, actor: Actor, desk: Desk): Promise<Started> {
  const origin = desk.engine.peekRequest(id)?.origin;
  const byGroup = origin?.door === 'slack' && origin.group !== undefined;
  const requester = byGroup ? await requesterNow(origin, desk) : undefined;
  const started = await beginLive(desk.engine.approve(id, actor, desk.closing, requester), desk);
  await desk.follow.warn(started.capture.id, started.warnings);
  return started;
}

/**
 * What waits for approval, and what became of requests of the last day, with the buttons that this person may press.
 * @throws CaptureError as `engine.requests`
 */
export async function requestsFor(actor: Actor, { engine }: Pick<Desk, 'engine'>): Promise<View> {
  return requestsView(answerable(await engine.requests(actor), actor, engine));
}

/** Approve, in whichever place. */
export function approve(value: string, { actor }: Authorised, desk: Desk): Promise<View> {
  return answered(value, desk, async (id) => startedView(await approveOne(id, actor, desk)));
}

/** Deny, or Withdraw, where the message of the request is not before the person. */
export function deny(value: string, { actor }: Authorised, desk: Desk): Promise<View> {
  return answered(value, desk, async (id) => deniedView(await desk.engine.deny(id, null, actor)));
}

/** Deny under the request's own message, which shows that it was. */
export function denyThere(value: string, { actor }: Authorised, desk: Desk): Promise<View | null> {
  return answered(value, desk, async (id) => {
    await desk.engine.deny(id, null, actor);
    return null;
  });
}

/** An answer from a list, and below it what waits still. */
export function inList(act: typeof approve): typeof approve {
  return async (value, clicker, desk) => {
    const told = await act(value, clicker, desk);
    const { engine } = desk;
    const waiting = engine.waiting();
    return waiting.length === 0 ? told : joined(told, requestsView(answerable(waiting, clicker.actor, engine)));
  };
}

/** What an answer to a request led to; one that does not wait any more is drawn anew, since its buttons should not be there. */
async function answered<Told extends View | null>(
  value: string,
  desk: Desk,
  act: (id: string) => Promise<Told>,
): Promise<Told | View> {
  const [id = ''] = value.split(' ');
  const request = desk.engine.peekRequest(id);
  try {
    if (request === undefined || buttonValue(request) !== value)
      throw new CaptureError('conflict', 'this request is not known any more: nothing was done');
    return await act(id);
  } catch (error) {
    desk.follow.redraw(id);
    return explained(error);
  }
}
