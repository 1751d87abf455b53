import { botIsIn, type Channel } from '../channels.ts';
import { ApiFailure } from '../failure.ts';
import type { State } from '../state.ts';
import type { User } from '../users.ts';
import { textIn, type Wire } from '../wire.ts';

const PREFIX = { public: 'channels', private: 'groups', mpim: 'mpim', dm: 'im' } as const satisfies Record<
  Channel['kind'],
  string
>;

/** The channel that `args.channel` names, as far as the app may know of it. Throws `channel_not_found`. */
export function knownChannel(state: State, args: Wire): Channel {
  const channel = state.channels.get(textIn(args, 'channel') ?? '');
  if (!channel || (channel.kind !== 'public' && !botIsIn(state, channel))) throw new ApiFailure('channel_not_found');
  return channel;
}

/** Throws `missing_scope` unless the manifest lets the app read or look through channels of this kind. */
export function needChannelScope(state: State, channel: Channel, right: 'read' | 'history'): void {
  needOneOf(state, [`${PREFIX[channel.kind]}:${right}`]);
}

/** Throws `missing_scope` with what is needed and what was provided, unless one of the scopes was granted. */
export function needOneOf(state: State, scopes: readonly string[]): void {
  if (scopes.length === 0 || scopes.some((scope) => state.declared.scopes.has(scope))) return;
  throw new ApiFailure('missing_scope', {
    needed: scopes.join(','),
    provided: [...state.declared.scopes].join(','),
  });
}

/** The channel where the app may write. Throws `not_in_channel`, `is_archived` or `channel_not_found`. */
export function writableChannel(state: State, channel: Channel): Channel {
  if (channel.archived) throw new ApiFailure('is_archived');
  const uninvited = channel.kind === 'public' && state.declared.scopes.has('chat:write.public');
  if (!botIsIn(state, channel) && !uninvited) throw new ApiFailure('not_in_channel');
  return channel;
}

/** The user that `args.user` names. Throws `user_not_found`. */
export function knownUser(state: State, id: string | undefined): User {
  const user = state.users.get(id ?? '');
  if (!user) throw new ApiFailure('user_not_found');
  return user;
}

/** A flag as clients send it: true, 'true' or '1'. */
export function flagIn(args: Wire, name: string): boolean {
  return args[name] === true || args[name] === 'true' || args[name] === '1';
}
