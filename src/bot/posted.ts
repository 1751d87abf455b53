import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRequestError, type WebClient } from '@slack/web-api';
import type { Millis } from '../capture/capture.ts';

/** A post whose answer nobody heard. */
export interface Unheard {
  /** A person's id stands for the direct message with them. */
  readonly channel: string;
  /** The message under which it is a reply; null for one in the channel itself. */
  readonly thread: string | null;
  readonly op: string;
  /** Slack named it between these two, whoever's clock is how far off. */
  readonly from: Millis;
  readonly to: Millis;
}

/** Slack's own clock and the sensor's may differ by so much. */
export const clocksDiffer: Millis = 10 * 60_000;

const page = 200;

/** A message as Slack knows it: the conversation, and its name there. */
export interface Posted {
  readonly channel: string;
  readonly ts: string;
}

/**
 * A message of ours, found by the `op_id` in its metadata; undefined when it is not there.
 * @throws WebAPIPlatformError `missing_scope` where the app may not read, and what else Slack's client throws
 */
export async function findPosted(slack: WebClient, unheard: Unheard): Promise<Posted | undefined> {
  const channel = await conversationOf(slack, unheard.channel);
  for (let cursor: string | undefined; ; ) {
    const { messages = [], response_metadata } = await look(slack, { ...unheard, channel }, cursor);
    const found = messages.find((message) => opOf(message) === unheard.op);
    if (found?.ts !== undefined) return { channel, ts: found.ts };
    cursor = response_metadata?.next_cursor || undefined;
    if (cursor === undefined) return undefined;
  }
}

/** Whether a post that threw this is certainly not there; it may be where no answer came, or one that says nothing of it. */
export function isCertainlyNotThere(error: unknown): boolean {
  if (error instanceof WebAPIHTTPError) return false;
  if (error instanceof WebAPIPlatformError) return !unsure.has(error.data.error);
  if (!(error instanceof WebAPIRequestError)) return true;
  const { cause } = error.original;
  return cause instanceof Error && 'code' in cause && notConnected.has(String(cause.code));
}

/** "It's possible some aspect of the operation succeeded", as Slack's documents say of them. */
const unsure = new Set(['internal_error', 'fatal_error', 'request_timeout', 'service_unavailable']);
const notConnected = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

/** Slack posts to a person's id, but reads only conversations. */
async function conversationOf(slack: WebClient, channel: string): Promise<string> {
  if (!/^[UW]/.test(channel)) return channel;
  const opened = await slack.conversations.open({ users: channel });
  return opened.channel?.id ?? channel;
}

function look(slack: WebClient, { channel, thread, from, to }: Unheard, cursor: string | undefined) {
  const within = { oldest: slackTime(from), latest: slackTime(to), limit: page, include_all_metadata: true };
  const asked = cursor === undefined ? within : { ...within, cursor };
  return thread === null
    ? slack.conversations.history({ channel, ...asked })
    : slack.conversations.replies({ channel, ts: thread, ...asked });
}

function opOf(message: { readonly metadata?: { readonly event_payload?: object } }): unknown {
  const payload = message.metadata?.event_payload;
  return payload !== undefined && 'op_id' in payload ? payload.op_id : undefined;
}

function slackTime(at: Millis): string {
  return (at / 1000).toFixed(6);
}
