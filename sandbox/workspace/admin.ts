import { type Channel, channelOf, channelWire } from './channels.ts';
import { type Message, strike } from './messages.ts';
import { groupWire, userWire } from './methods/people.ts';
import type { Events } from './people/events.ts';
import type { State, UserGroup } from './state.ts';
import type { Tokens } from './tokens.ts';
import { STRANGER_TEAM, type User } from './users.ts';

/** What people and administrators do to a workspace behind the app's back. Each settles when its event, if subscribed, has been delivered. */
export type Happenings = {
  archive(channel: Channel | string): Promise<void>;
  unarchive(channel: Channel | string): Promise<void>;
  /** Takes the bot out of a channel; the app is not told unless it subscribes to member_left_channel. */
  removeBot(channel: Channel | string): void;
  inviteBot(channel: Channel | string): void;
  /** Shares a channel with another organisation, or with `pending` offers it to one. */
  shareExternally(channel: Channel | string, how?: 'pending'): Promise<void>;
  deleteMessage(message: Message): void;
  /** From now on `invalid_auth`; the app hears tokens_revoked for the bot's token. */
  revokeToken(which?: 'bot' | 'app'): Promise<void>;
  changeUser(user: User, change: Partial<User>): Promise<void>;
  /** Makes a user group, or gives it other members. */
  setGroup(group: { id: string; handle: string; name?: string; users: readonly string[] }): Promise<UserGroup>;
  /** A group that is disabled is no longer there for whoever does not ask for disabled ones; its members stay noted. */
  disableGroup(group: UserGroup): Promise<void>;
};

/** The acts of administrators. */
export function happenings(state: State, events: Events, tokens: Tokens): Happenings {
  return {
    async archive(which) {
      const channel = channelOf(state, which);
      channel.archived = true;
      await events.send('channel_archive', { type: 'channel_archive', channel: channel.id, user: anyAdmin(state) });
    },
    async unarchive(which) {
      const channel = channelOf(state, which);
      channel.archived = false;
      await events.send('channel_unarchive', { type: 'channel_unarchive', channel: channel.id, user: anyAdmin(state) });
    },
    removeBot: (channel) => void channelOf(state, channel).members.delete(state.bot.userId),
    inviteBot: (channel) => void channelOf(state, channel).members.add(state.bot.userId),
    async shareExternally(which, how) {
      const channel = channelOf(state, which);
      channel.pendingExtShared = how === 'pending';
      channel.extShared = !channel.pendingExtShared;
      // Slack tells of what was accepted.
      if (!channel.extShared) return;
      const connected = { connected_team_id: STRANGER_TEAM, channel: channelWire(state, channel).id };
      await events.send('channel_shared', { type: 'channel_shared', ...connected });
    },
    deleteMessage: (message) => strike(state, message),
    async revokeToken(which) {
      tokens.revoke(which);
      if (which === 'app') return;
      await events.send('tokens_revoked', { type: 'tokens_revoked', tokens: { bot: [state.bot.userId] } });
    },
    async changeUser(user, change) {
      Object.assign(user, change, { updated: Math.floor(state.clock.now() / 1000) });
      await events.send('user_change', { type: 'user_change', user: userWire(state, user) });
    },
    async setGroup({ id, handle, name = handle, users }) {
      const before = state.groups.get(id)?.users ?? [];
      const group: UserGroup = { id, handle, name, users: [...users], disabled: false };
      state.groups.set(id, group);
      const moved = {
        added_users: users.filter((each) => !before.includes(each)),
        removed_users: before.filter((each) => !users.includes(each)),
      };
      await events.send('subteam_members_changed', {
        type: 'subteam_members_changed',
        subteam_id: id,
        team_id: state.team.id,
        date_update: Math.floor(state.clock.now() / 1000),
        ...moved,
        added_users_count: moved.added_users.length,
        removed_users_count: moved.removed_users.length,
      });
      await events.send('subteam_updated', { type: 'subteam_updated', subteam: groupWire(state, group, true) });
      return group;
    },
    async disableGroup(group) {
      group.disabled = true;
      await events.send('subteam_updated', { type: 'subteam_updated', subteam: groupWire(state, group, true) });
    },
  };
}

function anyAdmin(state: State): string {
  const admin = [...state.users.values()].find((each) => each.is_admin) ?? [...state.users.values()][0];
  return admin?.id ?? '';
}
