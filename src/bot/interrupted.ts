import { setTimeout as pause } from 'node:timers/promises';
import type { WebClient } from '@slack/web-api';
import type { Millis } from '../capture/capture.ts';
import type { Aftermath } from '../capture/orders.ts';
import { answer } from './answer.ts';
import type { Desk } from './desk.ts';
import { reply } from './replies.ts';
import { type Unanswered, viewOf } from './unanswered.ts';
import { noticeModal } from './views/form.ts';
import { interruptedView } from './views/interrupted.ts';
import type { View } from './views/view.ts';

/** So long Slack takes answers to an order. */
const answerable: Millis = 30 * 60_000;
const nextTry: Millis = 10_000;

/**
 * Tells each person whose order a bot before this one was carrying out when it ended what came of it; ends when all are told, when it is too
 * late for the others, or with the bot.
 * @param since when this bot began: what was delivered before is no longer under way
 */
export async function tellInterrupted(since: Millis, slack: WebClient, desk: Desk): Promise<void> {
  const { unanswered, log, closing } = desk;
  const isTold = async (act: () => Promise<unknown>) => {
    try {
      await act();
      return true;
    } catch (error) {
      // Slack is away, or another process has the registry: whoever waits hears of it later.
      log.warn({ err: error }, 'interrupted order not told, next try follows');
      return false;
    }
  };
  const tellOne = async (order: Unanswered) => {
    const told = await tell(order, slack, desk);
    log.info({ user: order.origin.user, words: order.words }, told ? 'interrupted order told' : 'too late to tell');
    await unanswered.forget(order.key);
  };
  while (!closing.aborted) {
    let left = 0;
    // One that Slack never takes keeps nobody else waiting.
    const known = await isTold(async () => {
      // Another bot may have it in hand, and answers.
      const dropped = unanswered.before(since).filter(({ owner }) => !desk.engine.isRunning(owner));
      for (const order of dropped) left += (await isTold(() => tellOne(order))) ? 0 : 1;
    });
    if (known && left === 0) return;
    await pause(nextTry, undefined, { signal: closing }).catch(() => {});
  }
}

/** False where it is too late. */
async function tell(order: Unanswered, slack: WebClient, desk: Desk): Promise<boolean> {
  const { origin, words, at, thread, responseUrl } = order;
  if (desk.now() - at > answerable) return false;
  const aftermath = await desk.engine.aftermath({ origin, words, since: at });
  const view = interruptedView(words, aftermath);
  // Before its person reads that nothing was done, and sends it once more.
  if (viewOf(order.key) !== null && cameToNothing(aftermath)) await desk.deliveries.forget(order.key);
  await (responseUrl === null ? reply(order, view, slack) : answer(responseUrl, view, 'below', thread));
  if (!cameToNothing(aftermath)) await takePlace(order, view, slack, desk);
  return true;
}

/** Whether it may be ordered again as if it had never been. */
function cameToNothing({ outcome }: Aftermath): boolean {
  return outcome === null || outcome === 'refused' || outcome === 'invalid' || outcome === 'failed';
}

/** Of what was done no form is left to be sent again, and none that says the sensor is at it. */
async function takePlace({ key }: Unanswered, view: View, slack: WebClient, { log }: Desk): Promise<void> {
  const form = viewOf(key);
  if (form === null) return;
  await slack.views
    .update({ view_id: form, view: noticeModal('Capture packets', view) })
    .catch((error: unknown) => log.info({ err: error }, 'form closed by now'));
}
