import type { State } from './state.ts';
import type { Wire } from './wire.ts';

/** A conversation. A `dm` is the app's own direct message with `user`, an `mpim` one of several people. */
export type Channel = {
  id: string;
  name: string;
  kind: 'public' | 'private' | 'mpim' | 'dm';
  members: Set<string>;
  user?: string;
  archived: boolean;
  extShared: boolean;
  pendingExtShared: boolean;
  /** Shared between workspaces of one organisation. */
  orgShared: boolean;
  created: number;
};

/** What sets a new channel apart: `members` are user ids, and the app's bot is a member unless `bot: false`. */
export type NewChannel = {
  name: string;
  id?: string;
  kind?: 'public' | 'private' | 'mpim';
  members?: readonly string[];
  bot?: boolean;
  archived?: boolean;
  extShared?: boolean;
  pendingExtShared?: boolean;
  orgShared?: boolean;
};

/** Adds a channel; without `members` everyone who is in the workspace by then is in it. */
export function addChannel(state: State, { name, kind = 'public', bot = true, ...given }: NewChannel): Channel {
  const people = given.members ?? [...state.users.keys()].filter((id) => id !== state.bot.userId);
  const channel: Channel = {
    id: given.id ?? state.newId('C'),
    name,
    kind,
    members: new Set(bot ? [...people, state.bot.userId] : people),
    archived: given.archived ?? false,
    extShared: given.extShared ?? false,
    pendingExtShared: given.pendingExtShared ?? false,
    orgShared: given.orgShared ?? false,
    created: Math.floor(state.clock.now() / 1000),
  };
  state.channels.set(channel.id, channel);
  return channel;
}

/** The app's direct message with a person, opened where it was not yet. */
export function directMessageWith(state: State, user: string): Channel {
  const open = [...state.channels.values()].find((each) => each.kind === 'dm' && each.user === user);
  if (open) return open;
  const channel = addChannel(state, { name: 'directmessage', id: state.newId('D'), members: [user] });
  channel.kind = 'dm';
  channel.user = user;
  return channel;
}

/** Whether the app's bot is in the channel. */
export function botIsIn(state: State, channel: Channel): boolean {
  return channel.members.has(state.bot.userId);
}

/** A channel as conversations.info gives it. */
export function channelWire(state: State, channel: Channel): Wire {
  const shared = { is_ext_shared: channel.extShared, is_pending_ext_shared: channel.pendingExtShared };
  if (channel.kind === 'dm') {
    return { id: channel.id, created: channel.created, is_im: true, is_archived: channel.archived, user: channel.user };
  }
  return {
    id: channel.id,
    name: channel.name,
    name_normalized: channel.name,
    created: channel.created,
    is_channel: channel.kind === 'public',
    is_group: channel.kind === 'private',
    is_private: channel.kind !== 'public',
    is_im: false,
    is_mpim: channel.kind === 'mpim',
    is_archived: channel.archived,
    is_general: false,
    is_member: botIsIn(state, channel),
    is_shared: channel.extShared || channel.orgShared,
    is_org_shared: channel.orgShared,
    ...shared,
    num_members: channel.members.size,
  };
}

/** The channel meant by a Channel, its id, or its name with or without `#`. */
export function channelOf(state: State, channel: Channel | string): Channel {
  if (typeof channel !== 'string') return channel;
  const named = channel.replace(/^#/, '');
  const found = state.channels.get(channel) ?? [...state.channels.values()].find((each) => each.name === named);
  if (!found) throw new Error(`there is no channel ${channel} in this workspace`);
  return found;
}
