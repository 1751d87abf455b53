import { setTimeout as pause } from 'node:timers/promises';
import type { Millis } from '../capture/capture.ts';
import { CaptureError } from '../capture/errors.ts';
import { callTimeout } from './clients.ts';
import { errorView } from './views/error.ts';
import { withShare } from './views/share.ts';
import type { View } from './views/view.ts';

/** A person waits no longer for an answer that Slack puts off. */
const longestWait: Millis = 30_000;

/**
 * Shows a view to the one person who asked: through the response_url, which works wherever they are, whether or not the bot is there.
 * Slack takes five of these in 30 minutes.
 * @param place `instead`: of the message whose button was clicked; `everybody`: for all who are there
 * @param thread the thread that the button was in; null outside of threads
 * @throws Error when Slack takes it neither as it is nor as plain text
 */
export async function answer(
  responseUrl: string,
  view: View,
  place: 'below' | 'instead' | 'everybody' = 'below',
  thread: string | null | undefined = null,
): Promise<void> {
  const { text, blocks } = place === 'everybody' ? view : withShare(view);
  const where = {
    replace_original: place === 'instead',
    response_type: place === 'everybody' ? 'in_channel' : 'ephemeral',
    ...(thread === null ? {} : { thread_ts: thread }),
  } as const;
  const post = (said: Partial<View>) => postTo(responseUrl, { ...where, ...said });
  const whole = await post({ text, blocks }).catch(() => null);
  if (whole?.ok === true) return;
  const isLimited = whole?.status === 429;
  if (isLimited) await pause(Math.min(longestWait, Number(whole.headers.get('retry-after') ?? 1) * 1000));
  // 4xx is Slack's no to these blocks, and each word is in the text as well; anything else is worth the same again.
  const refused = whole !== null && whole.status < 500 && !isLimited;
  const again = await post(refused ? { text } : { text, blocks });
  if (!again.ok) throw new Error(`Slack did not take the answer: HTTP ${again.status}`);
}

/**
 * What an error that the person can act on says to them.
 * @throws the error itself when it is a bug of ours
 */
export function explained(error: unknown): View {
  if (error instanceof CaptureError) return errorView(error);
  throw error;
}

/** One view under the other. */
export function joined(first: View, ...more: readonly View[]): View {
  const all = [first, ...more];
  return { text: all.map(({ text }) => text).join('\n'), blocks: all.flatMap(({ blocks }) => blocks) };
}

function postTo(responseUrl: string, answer: object): Promise<Response> {
  return fetch(responseUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(answer),
    signal: AbortSignal.timeout(callTimeout),
  });
}
