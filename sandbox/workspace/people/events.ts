import { messageWire } from '../message-wire.ts';
import type { SocketSide } from '../socket.ts';
import type { SentEnvelope, State } from '../state.ts';
import type { Wire } from '../wire.ts';

/** Slack sends an event that was not acknowledged again: at once, a minute later, five minutes later. */
const RETRY_AFTER_MS = [0, 60_000, 300_000];

/** Which scope lets an app hear which event; the others need none here. */
const SCOPE_OF: Readonly<Record<string, string>> = {
  app_mention: 'app_mentions:read',
  'message.im': 'im:history',
  'message.channels': 'channels:history',
  'message.groups': 'groups:history',
  subteam_members_changed: 'usergroups:read',
  subteam_updated: 'usergroups:read',
  user_change: 'users:read',
  channel_archive: 'channels:read',
  channel_unarchive: 'channels:read',
  channel_shared: 'channels:read',
};

/** What became of an event: not subscribed in the manifest, or how its first delivery went. */
export type EventOutcome = { outcome: 'not_subscribed' | 'acked' | 'no_ack' | 'no_connection' };

/** Events API deliveries. `send` settles with the first delivery; retries go on behind it. */
export type Events = { send(subscription: string, event: Wire): Promise<EventOutcome>; close(): void };

/** Events over Socket Mode, to the extent that the manifest subscribes to them and has the scope. */
export function eventsOf(state: State, socket: SocketSide): Events {
  const cancels = new Set<() => void>();
  let closed = false;

  async function attempt(payload: Wire, tries: number, before?: SentEnvelope): Promise<EventOutcome> {
    const delivery = await socket.deliver('events_api', payload, false, before);
    const wait = RETRY_AFTER_MS[tries];
    if (delivery.outcome === 'acked' || wait === undefined || closed) return { outcome: delivery.outcome };
    const sent = state.envelopes.findLast((each) => each.payload === payload);
    const cancel = state.clock.later(wait, () => {
      cancels.delete(cancel);
      // Only the first delivery's outcome is reported; a bug in a retry must still be seen.
      void attempt(payload, tries + 1, sent);
    });
    cancels.add(cancel);
    return { outcome: delivery.outcome };
  }

  async function send(subscription: string, event: Wire): Promise<EventOutcome> {
    const scope = SCOPE_OF[subscription];
    const allowed = scope === undefined || state.declared.scopes.has(scope);
    if (!allowed || !state.declared.events.has(subscription)) return { outcome: 'not_subscribed' };
    return attempt(eventCallback(state, event), 0);
  }

  // In a direct message Slack tells an app of its own words and edits, too.
  const unwatch = state.watch((change) => {
    if (change.kind !== 'posted' && change.kind !== 'edited') return;
    const { message } = change;
    if (message.botId === undefined || state.channels.get(message.channel)?.kind !== 'dm') return;
    const wire = messageWire(state, message);
    const place = { channel: message.channel, channel_type: 'im' };
    const edit = { type: 'message', subtype: 'message_changed', hidden: true, message: wire, ts: state.newTs() };
    void send('message.im', change.kind === 'posted' ? { ...wire, ...place } : { ...edit, ...place });
  });

  return {
    send,
    close() {
      closed = true;
      unwatch();
      for (const cancel of cancels) cancel();
    },
  };
}

function eventCallback(state: State, event: Wire): Wire {
  const authorization = { team_id: state.team.id, user_id: state.bot.userId, is_bot: true };
  return {
    token: 'verification-sandbox',
    team_id: state.team.id,
    context_team_id: state.team.id,
    api_app_id: state.app.id,
    event: { event_ts: state.newTs(), ...event },
    type: 'event_callback',
    event_id: state.newId('Ev'),
    event_time: Math.floor(state.clock.now() / 1000),
    authorizations: [{ enterprise_id: null, ...authorization, is_enterprise_install: false }],
    is_ext_shared_channel: state.channels.get(String(event.channel))?.extShared ?? false,
  };
}
