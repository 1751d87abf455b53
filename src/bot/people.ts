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

/** What Slack says of people and channels, asked at most every five minutes; throws when Slack cannot be asked, never guesses. */
export interface People {
  person(id: string): Promise<Person | undefined>;
  /** Undefined for one that does not exist or that the bot may not see. */
  channel(id: string): Promise<Channel | undefined>;
}

/** People and channels as Slack's Web API knows them. */
export function slackPeople(slack: WebClient, now: () => Millis): People {
  const person = remembering(now, async (user) => (await patiently(() => slack.users.info({ user }))).user);
  const channel = remembering(
    now,
    async (id) => (await patiently(() => slack.conversations.info({ channel: id }))).channel,
  );
  return {
    person: (id) => person(id).catch(undefinedIf('user_not_found', 'user_not_visible')),
    channel: (id) => channel(id).catch(undefinedIf('channel_not_found')),
  };
}

/** Why this person may not give orders on this team's sensor, in words; null when nothing speaks against them. */
export function whyNotPerson(person: Person | undefined, team: string): string | null {
  if (person === undefined) return 'Slack does not know you as a member of this workspace';
  if (person.is_stranger === true || person.team_id !== team) return 'only members of this workspace may use capture';
  if (person.deleted === true) return 'your Slack account is deactivated';
  if (person.is_bot === true || person.is_workflow_bot === true || person.is_connector_bot === true)
    return 'bots may not use capture';
  if (person.is_restricted === true || person.is_ultra_restricted === true) return 'guests may not use capture';
  return null;
}

/** Why nothing may be ordered in this channel, in words; null when nothing speaks against it. */
export function whyNotChannel(channel: Channel | undefined): string | null {
  if (channel === undefined) return 'Slack does not show me this channel: type /invite @capture in it, and try again';
  const shared = channel.is_ext_shared === true || channel.is_pending_ext_shared === true;
  return shared ? 'this channel is shared with another organisation: use one of your own' : null;
}

function remembering<Answer>(now: () => Millis, ask: (id: string) => Promise<Answer>): (id: string) => Promise<Answer> {
  const known = new Map<string, { readonly at: Millis; readonly answer: Answer }>();
  return async (id) => {
    const before = known.get(id);
    if (before !== undefined && now() - before.at < believed) return before.answer;
    const answer = await ask(id);
    known.set(id, { at: now(), answer });
    return answer;
  };
}

function undefinedIf(...words: readonly string[]): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof WebAPIPlatformError && words.includes(error.data.error)) return undefined;
    throw error;
  };
}
