import { setTimeout as pause } from 'node:timers/promises';
import type { WebClient } from '@slack/web-api';
import type { Millis } from '../capture/capture.ts';
import { answer } from './answer.ts';
import type { Desk } from './desk.ts';
import type { Unanswered } from './unanswered.ts';
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
  const { engine, unanswered, log, now, closing } = desk;
  for (;;) {
    const left = unanswered.before(since);
    if (left.length === 0 || closing.aborted) return;
    for (const order of left) {
      if (closing.aborted) return;
      const { key, origin, words, at } = order;
      try {
        if (now() - at < answerable) {
          const aftermath = await engine.aftermath({ origin, words, since: at });
          await tell(order, interruptedView(words, aftermath), slack);
        }
        log.info({ user: origin.user, words }, 'interrupted order told');
        unanswered.forget(key);
      } catch (error) {
        log.warn({ err: error, user: origin.user }, 'interrupted order not told, next try follows');
      }
    }
    await pause(unanswered.before(since).length === 0 ? 0 : nextTry, undefined, { signal: closing }).catch(() => {});
  }
}

async function tell({ origin, thread, responseUrl }: Unanswered, view: View, slack: WebClient): Promise<void> {
  if (responseUrl !== null) return answer(responseUrl, view);
  const { channel, user } = origin;
  const place = thread === null ? { channel } : { channel, thread_ts: thread };
  // In a direct message there is nobody else to hide it from.
  if (channel.startsWith('D')) await slack.chat.postMessage({ ...place, ...view });
  else await slack.chat.postEphemeral({ ...place, user, ...view });
}
