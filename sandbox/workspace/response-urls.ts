import { randomUUID } from 'node:crypto';
import { ApiFailure, argumentFailure } from './failure.ts';
import { type Ephemeral, type Message, post, rewrite, showOnly, strike } from './messages.ts';
import { spokenBlocks } from './spoken.ts';
import type { State } from './state.ts';
import { textIn, type Wire } from './wire.ts';

const POSTS = 5;
const LIFE_MS = 30 * 60_000;

/** Where an interaction came from: the channel, the person, and the message that was acted on. */
export type Origin = { user: string; channel: string; on?: Message | Ephemeral };

/** The addresses that answer an interaction without a token: 5 posts within 30 minutes each. */
export type ResponseUrls = { issue(origin: Origin): string; respond(id: string, body: Wire): void };

/** `respond` throws ApiFailure `expired_url` after the fifth post or 30 minutes, and what chat.postMessage throws on bad blocks. */
export function responseUrlsOf(state: State, base: () => string): ResponseUrls {
  const issued = new Map<string, Origin & { at: number; left: number }>();
  return {
    issue(origin) {
      const id = `${state.team.id}/${randomUUID()}`;
      issued.set(id, { ...origin, at: state.clock.now(), left: POSTS });
      return `${base()}/response/${id}`;
    },
    respond(id, body) {
      const url = issued.get(id);
      if (!url) throw new ApiFailure('invalid_url');
      if (url.left === 0 || state.clock.now() - url.at > LIFE_MS) throw new ApiFailure('expired_url');
      url.left -= 1;
      answer(state, url, body);
    },
  };
}

/** What an answer does on the screen, be it a post to a response_url or the payload of a slash command's ack. */
export function answer(
  state: State,
  origin: Origin,
  body: Wire,
  from: 'response_url' | 'ack' = 'response_url',
): Message | Ephemeral | undefined {
  if (body.delete_original === true && origin.on) return void strike(state, origin.on);
  const text = textIn(body, 'text') ?? '';
  const blocks = spokenBlocks(state, body.blocks);
  if (text === '' && blocks.length === 0) throw argumentFailure('no_text', []);
  if (body.replace_original === true && origin.on) return void rewrite(state, origin.on, text, blocks);
  const threadTs = textIn(body, 'thread_ts');
  const place = { channel: origin.channel, text, blocks, ...(threadTs !== undefined && { threadTs }) };
  if (body.response_type === 'in_channel') return post(state, place);
  return showOnly(state, { ...place, user: origin.user, from });
}
