import { ApiFailure } from '../failure.ts';
import type { State, UserGroup } from '../state.ts';
import type { User } from '../users.ts';
import { textIn, type Wire } from '../wire.ts';
import { forBot, type Method } from './method.ts';
import { pageOf } from './pages.ts';
import { flagIn, knownUser } from './reach.ts';

/** users.*, usergroups.* and bots.info: who is who. */
export const peopleMethods: Record<string, Method> = {
  'users.info': forBot(['users:read'], ({ state }, args) => ({
    user: userWire(state, knownUser(state, textIn(args, 'user'))),
  })),

  'users.list': forBot(['users:read'], ({ state }, args) => {
    const { page, next } = pageOf([...state.users.values()], args, 1000);
    return {
      members: page.map((user) => userWire(state, user)),
      cache_ts: Math.floor(state.clock.now() / 1000),
      ...next,
    };
  }),

  'usergroups.list': forBot(['usergroups:read'], ({ state }, args) => ({
    usergroups: [...state.groups.values()]
      .filter((group) => !group.disabled || flagIn(args, 'include_disabled'))
      .map((group) => groupWire(state, group, flagIn(args, 'include_users'))),
  })),

  'usergroups.users.list': forBot(['usergroups:read'], ({ state }, args) => {
    const group = state.groups.get(textIn(args, 'usergroup') ?? '');
    if (!group || (group.disabled && !flagIn(args, 'include_disabled'))) throw new ApiFailure('no_such_subteam');
    return { users: group.users };
  }),

  'bots.info': forBot(['users:read'], ({ state }, args) => {
    const id = textIn(args, 'bot') ?? state.bot.id;
    const user = [...state.users.values()].find((each) => each.profile.bot_id === id);
    if (!user) throw new ApiFailure('bot_not_found');
    const app = user.id === state.bot.userId ? { app_id: state.app.id } : {};
    return { bot: { id, name: user.name, deleted: user.deleted, user_id: user.id, ...app } };
  }),
};

/** A user as the app may see one: the e-mail needs a scope of its own. */
export function userWire(state: State, user: User): Wire {
  const { email, ...profile } = user.profile;
  const mayReadEmail = state.declared.scopes.has('users:read.email');
  return { ...user, profile: { ...profile, ...(mayReadEmail && email !== undefined && { email }) } };
}

/** A user group as usergroups.list and the subteam events carry it. */
export function groupWire(state: State, group: UserGroup, withUsers: boolean): Wire {
  return {
    id: group.id,
    team_id: state.team.id,
    is_usergroup: true,
    name: group.name,
    handle: group.handle,
    date_delete: group.disabled ? 1 : 0,
    user_count: group.users.length,
    ...(withUsers && { users: group.users }),
  };
}
