import type { Actor } from '../capture/analyst.ts';
import type { AskedLive } from '../capture/approval.ts';
import type { Millis } from '../capture/capture.ts';
import type { Started } from '../capture/orders.ts';
import { joined } from './answer.ts';
import type { Desk } from './desk.ts';
import { beginLive } from './searching.ts';
import { inviteForRequestView, requestedView } from './views/request.ts';
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
 * Starts what waits, and leaves a search that comes with it running in this process.
 * @throws CaptureError as `engine.approve`
 */
export async function approveOne(id: string, actor: Actor, desk: Desk): Promise<Started> {
  return beginLive(desk.engine.approve(id, actor, desk.closing), desk);
}
