import { directMessageWith } from '../channels.ts';
import { ApiFailure } from '../failure.ts';
import { messageWire } from '../message-wire.ts';
import { type Message, messageAt, post, rewrite, showOnly, strike } from '../messages.ts';
import { spokenBlocks } from '../spoken.ts';
import type { State } from '../state.ts';
import { type Block, isWire, textIn, type Wire } from '../wire.ts';
import { forBot, type Method } from './method.ts';
import { flagIn, knownChannel, knownUser, writableChannel } from './reach.ts';

const MOST_TEXT = 40_000;
/** chat.update is stricter than chat.postMessage where a message is nothing but text. */
const MOST_TEXT_IN_UPDATE = 4_000;

const write = ['chat:write'];

/** chat.*: what the app says. */
export const chatMethods: Record<string, Method> = {
  'chat.postMessage': forBot(write, ({ state }, args) => {
    const channel = writableChannel(state, destination(state, args));
    const said = wordsOf(state, args, MOST_TEXT);
    const threadTs = threadOf(state, channel.id, args);
    const message = post(state, {
      channel: channel.id,
      ...said,
      ...(threadTs !== undefined && { threadTs, broadcast: flagIn(args, 'reply_broadcast') }),
    });
    return { channel: channel.id, ts: message.ts, message: messageWire(state, message) };
  }),

  'chat.update': forBot(write, ({ state }, args) => {
    const message = ownMessage(state, args, 'cant_update_message');
    const { text, blocks, metadata } = wordsOf(
      state,
      args,
      args.blocks === undefined ? MOST_TEXT_IN_UPDATE : MOST_TEXT,
    );
    // Text without blocks drops the blocks that were there (SLACK.md 4).
    rewrite(state, message, text, blocks, metadata);
    return { channel: message.channel, ts: message.ts, text, message: messageWire(state, message) };
  }),

  'chat.delete': forBot(write, ({ state }, args) => {
    const message = ownMessage(state, args, 'cant_delete_message');
    strike(state, message);
    return { channel: message.channel, ts: message.ts };
  }),

  'chat.postEphemeral': forBot(write, ({ state }, args) => {
    const channel = writableChannel(state, knownChannel(state, args));
    const user = knownUser(state, textIn(args, 'user'));
    if (!channel.members.has(user.id)) throw new ApiFailure('user_not_in_channel');
    const { text, blocks } = wordsOf(state, args, MOST_TEXT);
    const threadTs = threadOf(state, channel.id, args);
    const place = { channel: channel.id, user: user.id, ...(threadTs !== undefined && { threadTs }) };
    return { message_ts: showOnly(state, { ...place, text, blocks, from: 'postEphemeral' }).ts };
  }),

  'chat.getPermalink': forBot([], ({ state }, args) => {
    const channel = knownChannel(state, args);
    const message = messageAt(state, channel.id, textIn(args, 'message_ts') ?? '');
    if (!message) throw new ApiFailure('message_not_found');
    const place = `https://${state.team.domain}.slack.com/archives/${channel.id}/p${message.ts.replace('.', '')}`;
    const thread = message.threadTs === undefined ? '' : `?thread_ts=${message.threadTs}&cid=${channel.id}`;
    return { channel: channel.id, permalink: `${place}${thread}` };
  }),
};

/** The channel written to; a user id means the direct message with that person. */
function destination(state: State, args: Wire) {
  const user = state.users.get(textIn(args, 'channel') ?? '');
  return user ? directMessageWith(state, user.id) : knownChannel(state, args);
}

function wordsOf(state: State, args: Wire, most: number): { text: string; blocks: Block[]; metadata?: Wire } {
  const text = textIn(args, 'text') ?? '';
  const blocks = spokenBlocks(state, args.blocks);
  if (text === '' && blocks.length === 0) throw new ApiFailure('no_text');
  if (text.length > most) throw new ApiFailure('msg_too_long');
  if (args.metadata === undefined) return { text, blocks };
  const { metadata } = args;
  if (!isWire(metadata) || !textIn(metadata, 'event_type') || !isWire(metadata.event_payload)) {
    throw new ApiFailure('invalid_metadata_format');
  }
  return { text, blocks, metadata };
}

/** The root of the thread that is replied to: Slack takes a reply's ts for its thread's. */
function threadOf(state: State, channel: string, args: Wire): string | undefined {
  const ts = textIn(args, 'thread_ts');
  if (ts === undefined) return undefined;
  const parent = state.messages.find((each) => each.channel === channel && each.ts === ts);
  if (!parent) throw new ApiFailure('thread_not_found');
  return parent.threadTs ?? parent.ts;
}

function ownMessage(state: State, args: Wire, refusal: string): Message {
  const channel = writableChannel(state, knownChannel(state, args));
  const message = messageAt(state, channel.id, textIn(args, 'ts') ?? '');
  if (!message) throw new ApiFailure('message_not_found');
  if (message.user !== state.bot.userId) throw new ApiFailure(refusal);
  return message;
}
