import type { App, SlashCommand } from '@slack/bolt';
import { parseCommand } from '../command/parse.ts';
import { forgivePhone } from '../command/phone.ts';
import { splitWords } from '../command/words.ts';
import { authorise, type Order } from './analysts.ts';
import { answer, explained } from './answer.ts';
import { carryOut } from './carry-out.ts';
import type { Desk } from './desk.ts';
import { echoed } from './views/echo.ts';
import type { View } from './views/view.ts';

/** `/capture`: parse, ask the engine, show. Acknowledged before anything is done: Slack waits three seconds. */
export function answerCommands(app: App, desk: Desk): void {
  app.command('/capture', async ({ ack, command }) => {
    await ack();
    const view = await viewFor(command, desk);
    await answer(command.response_url, view);
  });
}

async function viewFor(typed: SlashCommand, desk: Desk): Promise<View> {
  const text = forgivePhone(typed.text);
  const { actor, timezone } = await authorise(orderOf(typed, text), desk);
  const setting = { door: 'slack', now: desk.now(), timezone: timezone ?? desk.config.reports.timezone } as const;
  const command = parseCommand(splitWords(text), setting);
  const view = await carryOut(command, actor, desk).catch(explained);
  return echoed(view, command);
}

function orderOf(typed: SlashCommand, text: string): Order {
  const verb = /\S{1,40}/.exec(text)?.[0].toLowerCase() ?? 'help';
  const origin = { door: 'slack', team: typed.team_id, user: typed.user_id, channel: typed.channel_id } as const;
  return { origin, verb, words: `${typed.command} ${typed.text}`.trim() };
}
