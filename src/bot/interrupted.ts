import { setTimeout as pause } from 'node:timers/promises';
import type { WebClient } from '@slack/web-api';
import type { Millis } from '../capture/capture.ts';
import { answer } from './answer.ts';
import type { Desk } from './desk.ts';
import { reply } from './replies.ts';
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
async function tell(order: Unanswered, slack: WebClient, { engine, now }: Desk): Promise<boolean> {
  const { origin, words, at, responseUrl } = order;
  if (now() - at > answerable) return false;
  const view = interruptedView(words, await engine.aftermath({ origin, words, since: at }));
  await (responseUrl === null ? reply(order, view, slack) : answer(responseUrl, view));
  return true;
}
