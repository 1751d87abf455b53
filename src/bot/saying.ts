import type { KnownBlock } from '@slack/types';
import { WebAPIPlatformError, WebAPIRateLimitedError, type WebClient } from '@slack/web-api';
import type { Millis } from '../capture/capture.ts';
import { callTimeout } from './clients.ts';
import type { NewBlocks } from './new-blocks.ts';
import { clocksDiffer, findPosted, isCertainlyNotThere } from './posted.ts';

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
  readonly attempt: Attempt;
}

/** What is known of posting a message, kept where a crash does not reach it: none is posted twice. */
export interface Attempt {
  /** When a post went out whose answer nobody has heard; null when there is none. */
  readonly at: Millis | null;
  /** Notes before a post that it goes out, and with null that it is certainly not there. */
  note(at: Millis | null): Promise<void>;
  readonly now: () => Millis;
  /** Told where Slack does not let us look for it: it is posted again, since a message that nobody sees is worse than two. */
  blind(error: unknown): void;
}

/**
 * What became of it. `lost` is for ever, or until somebody opens the channel to the bot again; the others are for another try: `limited` for all that Slack
 * limits alike, `unsure` for this message, which may still be on its way.
 */
export type Said =
  | { readonly outcome: 'said'; readonly ts: string }
  | { readonly outcome: 'lost'; readonly trouble: string }
  | { readonly outcome: 'limited'; readonly wait: Millis }
  | { readonly outcome: 'unsure'; readonly wait: Millis }
  | { readonly outcome: 'failed'; readonly error: unknown };

/** Slack's words for a channel that is closed to us until somebody opens it again. */
const closed = new Set([
  'channel_not_found',
  'is_archived',
  'not_in_channel',
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

/** Its words for a message that is no longer there for us. */
const gone = new Set(['message_not_found', 'cant_update_message', 'edit_window_closed', 'thread_not_found']);

/** Whether what Slack said of a message is about its channel: somebody may invite the bot again, or unarchive it. */
export function mayReopen(trouble: string): boolean {
  return closed.has(trouble);
}

const noBlocks = new Set(['invalid_blocks', 'invalid_blocks_format']);

/** Posts or edits one message; never repeated in here but in another form. What may have been posted before is looked for first, and edited. */
export async function say(slack: WebClient, saying: Saying, newBlocks: NewBlocks): Promise<Said> {
  const { attempt } = saying;
  if (saying.ts !== null || attempt.at === null) return sayNow(slack, saying, newBlocks);
  try {
    const within = { from: attempt.at - clocksDiffer, to: attempt.at + clocksDiffer };
    const posted = await findPosted(slack, { ...saying, ...within });
    if (posted !== undefined) return sayNow(slack, { ...saying, ...posted }, newBlocks);
  } catch (error) {
    if (wordOf(error) !== 'missing_scope') return outcomeOf(error);
    attempt.blind(error);
    return sayNow(slack, saying, newBlocks);
  }
  // Slack may still be at it, though whoever asked has gone.
  const wait = Math.min(callTimeout, attempt.at + callTimeout - attempt.now());
  return wait > 0 ? { outcome: 'unsure', wait } : sayNow(slack, saying, newBlocks);
}

/** Says it; again only in another form, where Slack refuses the blocks of the first. */
async function sayNow(slack: WebClient, saying: Saying, newBlocks: NewBlocks): Promise<Said> {
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
  { channel, ts, thread, broadcast, op, text, attempt }: Saying,
  shown: KnownBlock[] | null,
): Promise<string> {
  const metadata = { event_type: 'capture_message', event_payload: { op_id: op } };
  const words = shown === null ? { text } : { text, blocks: shown };
  if (ts !== null) {
    await slack.chat.update({ channel, ts, ...words, metadata });
    return ts;
  }
  const place = thread === null ? { channel } : { channel, thread_ts: thread, reply_broadcast: broadcast };
  await attempt.note(attempt.now());
  const posted = await slack.chat
    .postMessage({ ...place, ...words, metadata, unfurl_links: false, unfurl_media: false })
    .catch(async (error: unknown) => {
      if (isCertainlyNotThere(error)) await attempt.note(null);
      throw error;
    });
  if (posted.ts === undefined) throw new Error('chat.postMessage answered without ts');
  return posted.ts;
}

function outcomeOf(error: unknown): Said {
  if (error instanceof WebAPIRateLimitedError) return { outcome: 'limited', wait: error.retryAfter * 1_000 };
  const word = wordOf(error);
  return word !== null && (closed.has(word) || gone.has(word))
    ? { outcome: 'lost', trouble: word }
    : { outcome: 'failed', error };
}

function wordOf(error: unknown): string | null {
  return error instanceof WebAPIPlatformError ? error.data.error : null;
}
