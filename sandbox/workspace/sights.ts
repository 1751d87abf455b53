import { type Channel, channelOf, directMessageWith } from './channels.ts';
import { repliesTo } from './message-wire.ts';
import type { Ephemeral, Message } from './messages.ts';
import type { Call, SentEnvelope, State } from './state.ts';
import { type User, userOf } from './users.ts';
import { modalsOf, type OpenView } from './views.ts';

/** What can be seen of a workspace, now or once it comes about. */
export type Sights = {
  /** What the channel shows: messages and broadcast replies, oldest first, without deleted ones. */
  messagesIn(channel: Channel | string): Message[];
  /** The replies under a message, oldest first, without the message itself. */
  threadOf(channel: Channel | string, ts: string): Message[];
  /** What only this person sees, Slack's own words (`from: 'slack'`) included. */
  ephemeralsFor(user: User | string): Ephemeral[];
  /** The person's open modals, the one on top last. */
  viewsFor(user: User | string): OpenView[];
  homeOf(user: User | string): OpenView | undefined;
  /** The app's direct message with a person, opened where it was not yet. */
  dmWith(user: User | string): Channel;
  /** The name of a user, channel, group or file by its id; for plainText. */
  nameOf(id: string): string;
  /** Web API calls in the order of their answers, all or those of one method. */
  calls(method?: string): Call[];
  /** Envelopes sent over Socket Mode, with their acknowledgement once it came. */
  envelopes(type?: string): SentEnvelope[];
  /** Waits until the condition gives something other than undefined, null or false, and gives that; asks again at each change. */
  until<Seen>(
    condition: () => Seen,
    options?: { timeoutMs?: number; what?: string },
  ): Promise<NonNullable<Exclude<Seen, false>>>;
};

/** The windows onto a state. */
export function sightsOf(state: State): Sights {
  const idOf = (user: User | string) => userOf(state, user).id;
  return {
    messagesIn(channel) {
      const { id } = channelOf(state, channel);
      const isShown = (each: Message) => !each.deleted && (each.threadTs === undefined || each.broadcast);
      return state.messages.filter((each) => each.channel === id && isShown(each));
    },
    threadOf: (channel, ts) => repliesTo(state, { channel: channelOf(state, channel).id, ts }),
    ephemeralsFor: (user) => state.ephemerals.filter((each) => each.user === idOf(user) && !each.deleted),
    viewsFor: (user) => modalsOf(state, idOf(user)),
    homeOf: (user) => state.homes.get(idOf(user)),
    dmWith: (user) => directMessageWith(state, idOf(user)),
    nameOf(id) {
      const named = state.users.get(id) ?? state.channels.get(id) ?? state.files.get(id);
      return named?.name ?? state.groups.get(id)?.handle ?? id;
    },
    calls: (method) => state.calls.filter((each) => method === undefined || each.method === method),
    envelopes: (type) => state.envelopes.filter((each) => type === undefined || each.type === type),
    until: (condition, options) => untilSeen(state, condition, options),
  };
}

function untilSeen<Seen>(
  state: State,
  condition: () => Seen,
  { timeoutMs = 10_000, what = String(condition) }: { timeoutMs?: number; what?: string } = {},
): Promise<NonNullable<Exclude<Seen, false>>> {
  const { promise, resolve, reject } = Promise.withResolvers<NonNullable<Exclude<Seen, false>>>();
  // Real time on purpose: a test whose clock stands still must not wait for ever.
  const timer = setTimeout(
    () => settle(() => reject(new Error(`waited ${timeoutMs} ms in vain for ${what}`))),
    timeoutMs,
  );
  const stop = state.watch(look);
  look();
  return promise;

  function look(): void {
    try {
      const seen = condition();
      if (isSeen(seen)) settle(() => resolve(seen));
    } catch (cause) {
      settle(() => reject(cause));
    }
  }

  function settle(act: () => void): void {
    clearTimeout(timer);
    stop();
    act();
  }
}

function isSeen<Seen>(seen: Seen): seen is NonNullable<Exclude<Seen, false>> {
  return seen !== undefined && seen !== null && seen !== false;
}
