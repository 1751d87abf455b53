import { randomUUID } from 'node:crypto';
import { botIsIn, type Channel, channelOf, directMessageWith } from '../channels.ts';
import { messageWire } from '../message-wire.ts';
import { type Ephemeral, type Message, post } from '../messages.ts';
import type { Origin, ResponseUrls } from '../response-urls.ts';
import type { SocketSide } from '../socket.ts';
import type { State } from '../state.ts';
import type { Triggers } from '../triggers.ts';
import type { User } from '../users.ts';
import type { ViewValues } from '../view-values.ts';
import type { OpenView } from '../views.ts';
import { isWire, type Wire } from '../wire.ts';
import { type CommandOutcome, typesCommand } from './command.ts';
import type { EventOutcome, Events } from './events.ts';
import { interaction, messageOrigin, viewOrigin } from './payloads.ts';
import { pressed } from './press.ts';
import { closesView, type SubmitOutcome, submitsView } from './submit.ts';
import { typedInMessage } from './typed.ts';

/** What people act through. */
export type Floor = {
  state: State;
  socket: SocketSide;
  events: Events;
  triggers: Triggers;
  responseUrls: ResponseUrls;
};

/** What came of a click or shortcut. `refused`: Slack's client does not offer it. */
export type ActOutcome = { outcome: 'acked' | 'no_ack' | 'no_connection' } | { outcome: 'refused'; shown: string };

/** Somebody at their Slack. Each act settles when the app has acknowledged it, or Slack has given up. */
export type Person = {
  user: User;
  /** Types a slash command into a channel, or with `inThread` into a thread, where Slack refuses it. */
  types(line: string, channel: Channel | string, inThread?: string): Promise<CommandOutcome>;
  /** Writes a message that mentions the app; in a direct message Slack tells the app of it as of any other. */
  mentions(text: string, channel: Channel | string, threadTs?: string): Promise<EventOutcome & { message: Message }>;
  /** Writes to the app directly. Throws where the manifest has the Messages tab read-only: there is nothing to write into. */
  dms(text: string, threadTs?: string): Promise<EventOutcome & { message: Message }>;
  /** Writes a message that is not meant for the app. */
  says(text: string, channel: Channel | string, threadTs?: string): Message;
  /** Uses a button, menu or picker; one that an edit has removed may still be used, as on a screen that lags behind. */
  clicks(on: Message | Ephemeral | OpenView, actionId: string, value?: ViewValues[string]): Promise<ActOutcome>;
  submits(view: OpenView, values?: ViewValues): Promise<SubmitOutcome>;
  closes(view: OpenView, all?: boolean): Promise<ActOutcome>;
  shortcut(callbackId: string): Promise<ActOutcome>;
  messageShortcut(callbackId: string, message: Message): Promise<ActOutcome>;
  /** Opens the app, on its Home tab or on the messages tab beside it. */
  opensHome(tab?: 'home' | 'messages'): Promise<EventOutcome>;
};

/** The hands of one user. */
export function personOf(floor: Floor, user: User): Person {
  const { state, socket, events, triggers, responseUrls } = floor;

  async function interact(payload: Wire): Promise<ActOutcome> {
    if (!state.declared.interactive) return { outcome: 'refused', shown: 'This app is not set up for interactivity.' };
    const { outcome } = await socket.deliver('interactive', payload, false);
    return { outcome };
  }

  async function writes(
    subscription: string,
    message: Message,
    event: Wire,
  ): Promise<EventOutcome & { message: Message }> {
    const { outcome } = await events.send(subscription, {
      ...messageWire(state, message),
      client_msg_id: randomUUID(),
      team: user.team_id,
      channel: message.channel,
      ...event,
    });
    return { outcome, message };
  }

  function says(text: string, channel: Channel | string, threadTs?: string): Message {
    const place = { channel: channelOf(state, channel).id, ...(threadTs !== undefined && { threadTs }) };
    return post(state, { ...place, user: user.id, text: typedInMessage(state, text) });
  }

  async function tells(text: string, threadTs?: string): Promise<EventOutcome & { message: Message }> {
    if (!state.declared.takesMessages) throw new Error('Sending messages to this app has been turned off.');
    const channel = directMessageWith(state, user.id);
    return writes('message.im', says(text, channel, threadTs), { channel_type: 'im' });
  }

  return {
    user,
    says,
    types: (line, channel, inThread) => typesCommand(floor, user, line, channelOf(state, channel), inThread),
    async mentions(text, channel, threadTs) {
      const bot = `@${state.declared.botName}`;
      const words = text.includes(bot) ? text : `${bot} ${text}`;
      if (channelOf(state, channel).kind === 'dm') return tells(words, threadTs);
      const message = says(words, channel, threadTs);
      if (!botIsIn(state, channelOf(state, channel))) return { outcome: 'not_subscribed', message };
      return writes('app_mention', message, { type: 'app_mention' });
    },
    dms: tells,
    async clicks(on, actionId, value) {
      const seen = isView(on) ? [on.blocks] : [on.blocks, ...on.edits.toReversed().map((edit) => edit.blocks)];
      const action = seen
        .map((blocks) => pressed(blocks, actionId, value, state.newTs()))
        .find((each) => each !== undefined);
      if (!action) return { outcome: 'refused', shown: `there is nothing to click with action_id ${actionId}` };
      if (isView(on) && isSilent(on, actionId)) {
        Object.assign(on.values, { [actionId]: value });
        return {
          outcome: 'refused',
          shown: `${actionId} is an input without dispatch_action: Slack tells the app nothing`,
        };
      }
      const values = value === undefined ? {} : { [actionId]: value };
      if (isView(on)) Object.assign(on.values, values);
      const responseUrl = isView(on) ? {} : { response_url: responseUrls.issue(originOf(on, user)) };
      return interact({
        ...interaction(state, user, 'block_actions'),
        trigger_id: triggers.issue(user.id),
        ...(isView(on) ? viewOrigin(state, on) : messageOrigin(state, on, values)),
        ...responseUrl,
        actions: [action],
      });
    },
    submits: (view, values = {}) => submitsView(floor, user, view, values),
    closes: (view, all = false) => closesView(floor, user, view, all, interact),
    async shortcut(callbackId) {
      if (state.declared.shortcuts.get(callbackId) !== 'global') return noShortcut(callbackId);
      const named = { callback_id: callbackId, trigger_id: triggers.issue(user.id), action_ts: state.newTs() };
      return interact({ ...interaction(state, user, 'shortcut'), ...named });
    },
    async messageShortcut(callbackId, message) {
      if (state.declared.shortcuts.get(callbackId) !== 'message') return noShortcut(callbackId);
      const { channel, message: shown } = messageOrigin(state, message);
      return interact({
        ...interaction(state, user, 'message_action'),
        callback_id: callbackId,
        trigger_id: triggers.issue(user.id),
        action_ts: state.newTs(),
        message_ts: message.ts,
        response_url: responseUrls.issue(originOf(message, user)),
        channel,
        message: shown,
      });
    },
    async opensHome(tab = 'home') {
      // Without a Home tab nobody can open it, whatever the app has subscribed to.
      if (tab === 'home' && !state.declared.homeTab) return { outcome: 'not_subscribed' };
      const view = state.homes.get(user.id);
      const seen = view && tab === 'home' ? { view: viewOrigin(state, view).view } : {};
      const { id: channel } = directMessageWith(state, user.id);
      return events.send('app_home_opened', { type: 'app_home_opened', user: user.id, channel, tab, ...seen });
    },
  };
}

// Answers land in the channel even where the message is in a thread: an app that wants the thread says thread_ts.
function originOf(on: Message | Ephemeral, user: User): Origin {
  return { user: user.id, channel: on.channel, on };
}

/** What is filled in in an input block stays with the client until the form is submitted, unless the app asked to be told. */
function isSilent({ blocks }: OpenView, actionId: string): boolean {
  const block = blocks.find((each) => isWire(each.element) && each.element.action_id === actionId);
  return block?.type === 'input' && block.dispatch_action !== true;
}

function isView(on: Message | Ephemeral | OpenView): on is OpenView {
  return 'hash' in on;
}

function noShortcut(callbackId: string): ActOutcome {
  return { outcome: 'refused', shown: `the manifest declares no such shortcut: ${callbackId}` };
}
