import type { KnownBlock } from '@slack/types';
import { WebAPIPlatformError, WebAPIRateLimitedError, type WebClient } from '@slack/web-api';
import type { Millis } from '../capture/capture.ts';
import type { NewBlocks } from './new-blocks.ts';

/** What is said, and where: a new message, a new one in a thread, or one that is there already. */
export interface Saying {
  readonly channel: string;
  readonly ts: string | null;
  readonly thread: string | null;
  /** A thread's message shown in the channel as well: for what nobody should miss. */
  readonly broadcast: boolean;
  readonly op: string;
  readonly text: string;
  readonly blocks: KnownBlock[];
  /** The same in blocks that every workspace takes, where `blocks` has some that are being rolled out. */
  readonly fallback?: KnownBlock[] | undefined;
}

/** What became of it. `lost` is for ever, or until somebody invites the bot; the others are for another try. */
export type Said =
  | { readonly outcome: 'said'; readonly ts: string }
  | { readonly outcome: 'lost'; readonly trouble: string }
  | { readonly outcome: 'limited'; readonly wait: Millis }
  | { readonly outcome: 'failed'; readonly error: unknown };

/** Slack's words for a message or a channel that is no longer there for us. */
const lost = new Set([
  'message_not_found',
  'cant_update_message',
  'edit_window_closed',
  'channel_not_found',
  'is_archived',
  'not_in_channel',
  'thread_not_found',
  'restricted_action',
  'restricted_action_read_only_channel',
  'restricted_action_thread_only_channel',
  'ekm_access_denied',
  // Of a direct message with a person.
  'user_not_found',
  'user_disabled',
  'cannot_dm_bot',
  'messages_tab_disabled',
]);

const noBlocks = new Set(['invalid_blocks', 'invalid_blocks_format']);

/** Posts or edits one message; said again only in another form, where Slack refuses the blocks of the first. */
export async function say(slack: WebClient, saying: Saying, newBlocks: NewBlocks): Promise<Said> {
  const { blocks, fallback } = saying;
  const plain = fallback ?? blocks;
  const forms = fallback !== undefined && newBlocks.mayReach() ? [blocks, plain] : [plain];
  for (const form of forms) {
    try {
      const ts = await call(slack, saying, form);
      // It was the new blocks that Slack did not take, and nothing else.
      if (form !== forms[0]) newBlocks.refused();
      return { outcome: 'said', ts };
    } catch (error) {
      if (!noBlocks.has(wordOf(error) ?? '')) return outcomeOf(error);
    }
  }
  try {
    // A workspace that does not take these blocks still gets every word of the message.
    return { outcome: 'said', ts: await call(slack, saying, null) };
  } catch (error) {
    return outcomeOf(error);
  }
}

async function call(
  slack: WebClient,
  { channel, ts, thread, broadcast, op, text }: Saying,
  shown: KnownBlock[] | null,
): Promise<string> {
  const metadata = { event_type: 'capture_message', event_payload: { op_id: op } };
  const words = shown === null ? { text } : { text, blocks: shown };
  if (ts !== null) {
    await slack.chat.update({ channel, ts, ...words, metadata });
    return ts;
  }
  const place = thread === null ? { channel } : { channel, thread_ts: thread, reply_broadcast: broadcast };
  const posted = await slack.chat.postMessage({
    ...place,
    ...words,
    metadata,
    unfurl_links: false,
    unfurl_media: false,
  });
  if (posted.ts === undefined) throw new Error('chat.postMessage answered without ts');
  return posted.ts;
}

function outcomeOf(error: unknown): Said {
  if (error instanceof WebAPIRateLimitedError) return { outcome: 'limited', wait: error.retryAfter * 1_000 };
  const word = wordOf(error);
  return word !== null && lost.has(word) ? { outcome: 'lost', trouble: word } : { outcome: 'failed', error };
}

function wordOf(error: unknown): string | null {
  return error instanceof WebAPIPlatformError ? error.data.error : null;
}
