import { setTimeout as pause } from 'node:timers/promises';
import type { WebClient } from '@slack/web-api';
import type { Millis } from '../capture/capture.ts';
import { answer } from './answer.ts';
import type { Desk } from './desk.ts';
import type { Unanswered } from './unanswered.ts';
import { interruptedView } from './views/interrupted.ts';

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
  while (!closing.aborted) {
    try {
      const left = unanswered.before(since);
      if (left.length === 0) return;
      for (const order of left) {
        await tell(order, slack, desk);
        log.info({ user: order.origin.user, words: order.words }, 'interrupted order told');
        unanswered.forget(order.key);
      }
    } catch (error) {
      // Slack is away, or another process has the registry: whoever waits hears of it later.
      log.warn({ err: error }, 'interrupted order not told, next try follows');
      await pause(nextTry, undefined, { signal: closing }).catch(() => {});
    }
  }
}

async function tell(order: Unanswered, slack: WebClient, { engine, now }: Desk): Promise<void> {
  const { origin, words, at, thread, responseUrl } = order;
  if (now() - at > answerable) return;
  const view = interruptedView(words, await engine.aftermath({ origin, words, since: at }));
  if (responseUrl !== null) return answer(responseUrl, view);
  const { channel, user } = origin;
  const place = thread === null ? { channel } : { channel, thread_ts: thread };
  // In a direct message there is nobody else to hide it from.
  if (channel.startsWith('D')) await slack.chat.postMessage({ ...place, ...view });
  else await slack.chat.postEphemeral({ ...place, user, ...view });
}
