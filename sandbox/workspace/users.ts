import type { State } from './state.ts';

/** A person or bot in the shape of users.info; the e-mail is left out on the way where the scope is missing. */
export type User = {
  id: string;
  team_id: string;
  name: string;
  real_name: string;
  deleted: boolean;
  is_admin: boolean;
  is_owner: boolean;
  is_bot: boolean;
  is_app_user: boolean;
  is_workflow_bot: boolean;
  is_restricted: boolean;
  is_ultra_restricted: boolean;
  is_stranger: boolean;
  is_email_confirmed: boolean;
  tz: string;
  tz_label: string;
  tz_offset: number;
  updated: number;
  profile: { real_name: string; display_name: string; email?: string; team: string; bot_id?: string };
  enterprise_user?: { id: string; enterprise_id: string; teams: string[] };
};

/** What sets a new user apart. A stranger is a person of another team, met through Slack Connect. */
export type NewUser = {
  name: string;
  id?: string;
  kind?: 'member' | 'admin' | 'guest' | 'single_channel_guest' | 'stranger' | 'bot' | 'deactivated';
  realName?: string;
  displayName?: string;
  email?: string;
  tz?: string;
  enterprise?: { id: string; userId: string };
};

/** The team that strangers come from. */
export const STRANGER_TEAM = 'T0STRANGE1';

/** Adds a user to the workspace. */
export function addUser(state: State, { name, kind = 'member', ...given }: NewUser): User {
  const id = given.id ?? state.newId('U');
  const team = kind === 'stranger' ? STRANGER_TEAM : state.team.id;
  const realName = given.realName ?? name;
  const user: User = {
    id,
    team_id: team,
    name,
    real_name: realName,
    deleted: kind === 'deactivated',
    is_admin: kind === 'admin',
    is_owner: false,
    is_bot: kind === 'bot',
    is_app_user: false,
    is_workflow_bot: false,
    is_restricted: kind === 'guest' || kind === 'single_channel_guest',
    is_ultra_restricted: kind === 'single_channel_guest',
    is_stranger: kind === 'stranger',
    is_email_confirmed: kind !== 'bot',
    tz: given.tz ?? 'Europe/Berlin',
    tz_label: given.tz ?? 'Europe/Berlin',
    tz_offset: 3600,
    updated: Math.floor(state.clock.now() / 1000),
    profile: {
      real_name: realName,
      display_name: given.displayName ?? name,
      team,
      ...(kind === 'bot' ? { bot_id: state.newId('B') } : { email: given.email ?? `${name}@corp.example` }),
    },
    ...(given.enterprise && {
      enterprise_user: { id: given.enterprise.userId, enterprise_id: given.enterprise.id, teams: [team] },
    }),
  };
  state.users.set(id, user);
  return user;
}

/** The user meant by a User, its id or its name. */
export function userOf(state: State, user: User | string): User {
  if (typeof user !== 'string') return user;
  const found = state.users.get(user) ?? [...state.users.values()].find((each) => each.name === user);
  if (!found) throw new Error(`there is nobody called ${user} in this workspace`);
  return found;
}
