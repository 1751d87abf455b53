import {
  type ConversationsInfoResponse,
  type UsersInfoResponse,
  WebAPIPlatformError,
  type WebClient,
} from '@slack/web-api';
import type { Millis } from '../capture/capture.ts';
import { patiently } from './clients.ts';

/** A guest made a member, or a member a guest, is known after at most this long. */
const believed: Millis = 5 * 60_000;

export type Person = NonNullable<UsersInfoResponse['user']>;
export type Channel = NonNullable<ConversationsInfoResponse['channel']>;

/**
 * What Slack says of people, channels and user groups, asked at most every five minutes, and anew once `forget` was told that it changed;
 * throws when Slack cannot be asked, never guesses.
 */
export interface People {
  person(id: string): Promise<Person | undefined>;
  /** Undefined for one that does not exist or that the bot may not see. */
  channel(id: string): Promise<Channel | undefined>;
  /** The user ids of a user group; none of one that does not exist or was disabled. */
  group(id: string): Promise<readonly string[]>;
  forget(kind: 'person' | 'channel' | 'group', id: string): void;
}

/** People and channels as Slack's Web API knows them. */
export function slackPeople(slack: WebClient, now: () => Millis): People {
  const person = remembering(now, async (user) => (await patiently(() => slack.users.info({ user }))).user);
  const channel = remembering(
    now,
    async (id) => (await patiently(() => slack.conversations.info({ channel: id }))).channel,
  );
  const group = remembering(
    now,
    async (usergroup) => (await patiently(() => slack.usergroups.users.list({ usergroup }))).users,
  );
  return {
    person: (id) => person.ask(id).catch(undefinedIf('user_not_found', 'user_not_visible')),
    channel: (id) => channel.ask(id).catch(undefinedIf('channel_not_found')),
    group: async (id) => (await group.ask(id).catch(undefinedIf('no_such_subteam'))) ?? [],
    forget: (kind, id) => ({ person, channel, group })[kind].forget(id),
  };
}

/** Why this person may not give orders on this team's sensor, in words; null when nothing speaks against them. */
export function whyNotPerson(person: Person | undefined, team: string): string | null {
  if (person === undefined) return 'Slack does not know you as a member of this workspace';
  if (person.is_stranger === true || !isOf(person, team)) return 'only members of this workspace may use capture';
  if (person.deleted === true) return 'your Slack account is deactivated';
  // Slack says of its own bot that it is none.
  const isSlackbot = person.id === 'USLACKBOT';
  if (isSlackbot || person.is_bot === true || person.is_workflow_bot === true || person.is_connector_bot === true)
    return 'bots may not use capture';
  if (person.is_restricted === true || person.is_ultra_restricted === true) return 'guests may not use capture';
  return null;
}

/** Why nothing may be ordered in this channel, in words; null when nothing speaks against it. */
export function whyNotChannel(channel: Channel | undefined): string | null {
  if (channel === undefined) return 'Slack does not show me this channel: type /invite @capture in it, and try again';
  if (channel.is_archived === true) return 'this channel is archived: use another one, or a direct message to capture';
  const shared = channel.is_ext_shared === true || channel.is_pending_ext_shared === true;
  return shared ? 'this channel is shared with another organisation: use one of your own' : null;
}

/** In an organisation of several workspaces a person is of one of them at home, and may be a member of others. */
function isOf({ team_id, enterprise_user }: Person, team: string): boolean {
  return team_id === team || enterprise_user?.teams?.includes(team) === true;
}

interface Remembered<Answer> {
  ask(id: string): Promise<Answer>;
  forget(id: string): void;
}

function remembering<Answer>(now: () => Millis, ask: (id: string) => Promise<Answer>): Remembered<Answer> {
  const known = new Map<string, { readonly at: Millis; readonly answer: Promise<Answer> }>();
  return {
    ask: (id) => {
      const before = known.get(id);
      if (before !== undefined && now() - before.at < believed) return before.answer;
      // Whoever comes while Slack is being asked waits for the same answer: it takes few questions a minute.
      const asked = { at: now(), answer: ask(id) };
      known.set(id, asked);
      asked.answer.catch(() => {
        if (known.get(id) === asked) known.delete(id);
      });
      return asked.answer;
    },
    // An answer that is under way is of before the change: it is given to who waits for it, and not kept.
    forget: (id) => void known.delete(id),
  };
}

function undefinedIf(...words: readonly string[]): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof WebAPIPlatformError && words.includes(error.data.error)) return undefined;
    throw error;
  };
}
