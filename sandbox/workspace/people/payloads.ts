import type { Channel } from '../channels.ts';
import { messageWire } from '../message-wire.ts';
import type { Ephemeral, Message } from '../messages.ts';
import { isEphemeral } from '../messages.ts';
import type { State } from '../state.ts';
import type { User } from '../users.ts';
import { stateValues, type ViewValues } from '../view-values.ts';
import { type OpenView, viewWire } from '../views.ts';
import type { Wire } from '../wire.ts';

/** What every interaction carries: who, in which team, for which app. */
export function interaction(state: State, user: User, type: string): Wire {
  return {
    type,
    user: { id: user.id, username: user.name, name: user.name, team_id: user.team_id },
    team: { id: state.team.id, domain: state.team.domain },
    api_app_id: state.app.id,
    token: 'verification-sandbox',
    enterprise: null,
    is_enterprise_install: false,
  };
}

/** A slash command as SLACK.md section 7 lists it. */
export function commandPayload(
  state: State,
  user: User,
  said: { command: string; text: string; channel: Channel; responseUrl: string; triggerId: string },
): Wire {
  return {
    token: 'verification-sandbox',
    command: said.command,
    text: said.text,
    response_url: said.responseUrl,
    trigger_id: said.triggerId,
    user_id: user.id,
    user_name: user.name,
    team_id: user.team_id,
    team_domain: state.team.domain,
    ...(user.enterprise_user && { enterprise_id: user.enterprise_user.enterprise_id, enterprise_name: 'Corp' }),
    channel_id: said.channel.id,
    channel_name: said.channel.kind === 'private' ? 'privategroup' : said.channel.name,
    api_app_id: state.app.id,
    is_enterprise_install: 'false',
  };
}

/** Where a click happened, for a message: an ephemeral one is named by its container only. */
export function messageOrigin(state: State, on: Message | Ephemeral, values: ViewValues = {}): Wire {
  const channel = state.channels.get(on.channel);
  const ephemeral = isEphemeral(on);
  return {
    container: {
      type: 'message',
      message_ts: on.ts,
      channel_id: on.channel,
      is_ephemeral: ephemeral,
      ...(on.threadTs !== undefined && { thread_ts: on.threadTs }),
    },
    channel: { id: on.channel, name: channel?.kind === 'public' ? channel.name : (channel?.kind ?? '') },
    ...(!ephemeral && { message: messageWire(state, on) }),
    state: { values: stateValues(on.blocks, values) },
  };
}

/** Where a click happened, for a modal or the Home tab. */
export function viewOrigin(state: State, view: OpenView): Wire {
  return { container: { type: 'view', view_id: view.id }, view: viewWire(state, view) };
}
