import { WebAPIPlatformError, type WebClient } from '@slack/web-api';
import { type Heard, isDirect } from './hearing.ts';
import { withShare } from './views/share.ts';
import type { View } from './views/view.ts';

/** Who wrote, and where. */
type Where = Pick<Heard, 'origin' | 'thread'>;

/**
 * Answers what a person wrote, where they wrote it: to them alone in a channel, and as a message like any other in a direct message, where
 * nobody else reads.
 * @throws Error when Slack takes it neither as it is nor as plain text
 */
export async function reply(heard: Where, view: View, slack: WebClient): Promise<void> {
  const { text, blocks } = isDirect(heard) ? view : withShare(view);
  try {
    await post(heard, { text, blocks }, slack);
  } catch (error) {
    // Slack's no may be about the blocks, and each word is in the text as well.
    if (!(error instanceof WebAPIPlatformError)) throw error;
    await post(heard, { text }, slack);
  }
}

async function post(
  { origin, thread }: Where,
  said: { readonly text: string; readonly blocks?: View['blocks'] },
  slack: WebClient,
): Promise<void> {
  const { channel, user } = origin;
  const where = { channel, ...(thread === null ? {} : { thread_ts: thread }), ...said };
  if (channel.startsWith('D')) await slack.chat.postMessage({ ...where, unfurl_links: false, unfurl_media: false });
  else await slack.chat.postEphemeral({ ...where, user });
}
