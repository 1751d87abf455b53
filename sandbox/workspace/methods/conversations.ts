import { channelWire, directMessageWith } from '../channels.ts';
import { ApiFailure } from '../failure.ts';
import { messageWire, repliesTo } from '../message-wire.ts';
import type { Message } from '../messages.ts';
import type { State } from '../state.ts';
import { textIn, type Wire } from '../wire.ts';
import { forBot, type Method } from './method.ts';
import { pageOf } from './pages.ts';
import { flagIn, knownChannel, knownUser, needChannelScope, needOneOf } from './reach.ts';

const KINDS: Readonly<Record<string, { kind: string; scope: string }>> = {
  public_channel: { kind: 'public', scope: 'channels:read' },
  private_channel: { kind: 'private', scope: 'groups:read' },
  mpim: { kind: 'mpim', scope: 'mpim:read' },
  im: { kind: 'dm', scope: 'im:read' },
};

/** conversations.*: where the app is and what was said there. */
export const conversationMethods: Record<string, Method> = {
  'conversations.info': forBot([], ({ state }, args) => {
    const channel = knownChannel(state, args);
    needChannelScope(state, channel, 'read');
    return { channel: channelWire(state, channel) };
  }),

  'conversations.list': forBot([], ({ state }, args) => {
    const types = (textIn(args, 'types') ?? 'public_channel').split(',').map((each) => each.trim());
    const asked = types.flatMap((type) => KINDS[type] ?? []);
    if (asked.length < types.length) throw new ApiFailure('invalid_types');
    for (const { scope } of asked) needOneOf(state, [scope]);
    const channels = [...state.channels.values()].filter(
      (each) =>
        asked.some(({ kind }) => kind === each.kind) &&
        (each.kind === 'public' || each.members.has(state.bot.userId)) &&
        !(each.archived && flagIn(args, 'exclude_archived')),
    );
    const { page, next } = pageOf(channels, args, 100);
    return { channels: page.map((each) => channelWire(state, each)), ...next };
  }),

  'conversations.open': forBot(['im:write'], ({ state }, args) => {
    const users = (textIn(args, 'users') ?? '').split(',').filter(Boolean);
    const [first, ...more] = users;
    if (first === undefined) throw new ApiFailure('users_list_not_supplied');
    if (more.length > 0) throw new ApiFailure('missing_scope', { needed: 'mpim:write', provided: '' });
    const user = knownUser(state, first);
    if (user.deleted) throw new ApiFailure('user_disabled');
    if (user.is_bot) throw new ApiFailure('cannot_dm_bot');
    const channel = directMessageWith(state, user.id);
    return { channel: flagIn(args, 'return_im') ? channelWire(state, channel) : { id: channel.id } };
  }),

  'conversations.members': forBot([], ({ state }, args) => {
    const channel = knownChannel(state, args);
    needChannelScope(state, channel, 'read');
    const { page, next } = pageOf([...channel.members], args, 100);
    return { members: page, ...next };
  }),

  'conversations.history': forBot([], ({ state }, args) => {
    const channel = knownChannel(state, args);
    needChannelScope(state, channel, 'history');
    if (!channel.members.has(state.bot.userId)) throw new ApiFailure('not_in_channel');
    const said = state.messages.filter(
      (each) => each.channel === channel.id && !each.deleted && (each.threadTs === undefined || each.broadcast),
    );
    const { page, next } = pageOf(within(said, args).toReversed(), args, 100);
    return { messages: page.map((each) => readWire(state, each, args)), ...next };
  }),

  'conversations.replies': forBot([], ({ state }, args) => {
    const channel = knownChannel(state, args);
    needChannelScope(state, channel, 'history');
    if (!channel.members.has(state.bot.userId)) throw new ApiFailure('not_in_channel');
    const ts = textIn(args, 'ts') ?? '';
    const found = state.messages.find((each) => each.channel === channel.id && each.ts === ts);
    const root = state.messages.find((each) => each.channel === channel.id && each.ts === (found?.threadTs ?? ts));
    if (!root) throw new ApiFailure('thread_not_found');
    const replies = within(repliesTo(state, root), args);
    if (root.deleted && replies.length === 0) throw new ApiFailure('thread_not_found');
    const { page, next } = pageOf([root, ...replies], args, 1000);
    return { messages: page.map((each) => (each.deleted ? tombstone(each) : readWire(state, each, args))), ...next };
  }),
};

/** A message as it is read back: what an app put into its metadata comes on request alone. */
function readWire(state: State, message: Message, args: Wire): Wire {
  const { metadata, ...wire } = messageWire(state, message);
  return flagIn(args, 'include_all_metadata') && metadata !== undefined ? { ...wire, metadata } : wire;
}

function within(messages: readonly Message[], args: Wire): Message[] {
  const oldest = Number(args.oldest ?? 0);
  const latest = Number(args.latest ?? Infinity);
  const inclusive = flagIn(args, 'inclusive');
  return messages.filter(({ ts }) => {
    const at = Number(ts);
    return inclusive ? at >= oldest && at <= latest : at > oldest && at < latest;
  });
}

/** What stands in a thread where its first message was deleted. */
function tombstone(message: Message): Wire {
  return {
    type: 'message',
    subtype: 'tombstone',
    user: 'USLACKBOT',
    text: 'This message was deleted.',
    ts: message.ts,
  };
}
