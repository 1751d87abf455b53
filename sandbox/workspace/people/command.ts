import type { Channel } from '../channels.ts';
import { ApiFailure } from '../failure.ts';
import { type Ephemeral, type Message, showOnly } from '../messages.ts';
import { answer } from '../response-urls.ts';
import type { User } from '../users.ts';
import { commandPayload } from './payloads.ts';
import type { Floor } from './person.ts';
import { typedInCommand } from './typed.ts';

/** What came of a slash command. `shown` is what Slack itself said; `reply` is what the acknowledgement carried. */
export type CommandOutcome =
  | { outcome: 'acked'; reply?: Ephemeral | Message }
  | { outcome: 'no_ack' | 'no_connection' | 'refused'; shown: Ephemeral };

/** Types a line that begins with a slash command. */
export async function typesCommand(
  { state, socket, triggers, responseUrls }: Floor,
  user: User,
  line: string,
  channel: Channel,
  inThread?: string,
): Promise<CommandOutcome> {
  const [, command = '', text = ''] = /^(\S+)\s*([\s\S]*)$/.exec(line) ?? [];
  const place = { channel: channel.id, user: user.id };
  const slackSays = (words: string) => showOnly(state, { ...place, text: words, from: 'slack' });
  const declared = state.declared.commands.get(command);
  if (!declared || !state.declared.scopes.has('commands')) {
    return { outcome: 'refused', shown: slackSays(`${command} is not a valid command.`) };
  }
  if (inThread !== undefined) {
    return { outcome: 'refused', shown: slackSays(`${command} is not supported in threads. Sorry!`) };
  }
  const payload = commandPayload(state, user, {
    command,
    text: typedInCommand(state, text.trimEnd(), declared.escapes),
    channel,
    responseUrl: responseUrls.issue(place),
    triggerId: triggers.issue(user.id),
  });
  const delivery = await socket.deliver('slash_commands', payload, true);
  if (delivery.outcome === 'no_connection') {
    return { outcome: 'no_connection', shown: slackSays(`${command} failed with the error "dispatch_failed"`) };
  }
  if (delivery.outcome === 'no_ack') {
    const why = 'because the app did not respond (operation_timeout)';
    return { outcome: 'no_ack', shown: slackSays(`${command} failed ${why}`) };
  }
  if (Object.keys(delivery.payload).length === 0) return { outcome: 'acked' };
  try {
    const reply = answer(state, place, delivery.payload, 'ack');
    return { outcome: 'acked', ...(reply && { reply }) };
  } catch (failure) {
    if (!(failure instanceof ApiFailure)) throw failure;
    const shown = slackSays(`${command} failed with the error "${failure.error}" ${JSON.stringify(failure.facts)}`);
    return { outcome: 'refused', shown };
  }
}
