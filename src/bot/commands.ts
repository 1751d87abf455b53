import type { App, SlashCommand } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { unfinished } from '../command/draft.ts';
import { parseCommand } from '../command/parse.ts';
import { forgivePhone } from '../command/phone.ts';
import { splitWords } from '../command/words.ts';
import { allowCapture, authorise, type Order } from './analysts.ts';
import { answer, explained } from './answer.ts';
import { carryOut } from './carry-out.ts';
import type { Desk } from './desk.ts';
import { openDraft } from './forms/forms.ts';
import { openingOf } from './forms/opening.ts';
import { troubleInWords } from './trouble.ts';
import { echoed } from './views/echo.ts';
import { noticeModal } from './views/form.ts';
import { menuView } from './views/menu.ts';
import type { View } from './views/view.ts';

/** `/capture`: parse, ask the engine, show. Acknowledged before anything is done: Slack waits three seconds. */
export function answerCommands(app: App, desk: Desk): void {
  app.command('/capture', async ({ ack, command, client }) => {
    await ack();
    const view = await viewFor(command, client, desk);
    if (view !== null) await answer(command.response_url, view);
  });
}

/** Null where a form says it all. */
async function viewFor(typed: SlashCommand, client: WebClient, desk: Desk): Promise<View | null> {
  const text = forgivePhone(typed.text);
  const opening = opensForm(text, desk) ? openingOf(client, typed.trigger_id) : null;
  try {
    const authorised = await authorise(orderOf(typed, text), desk);
    if (text.trim() === '') return menuView();
    const setting = settingFor(authorised.timezone, desk);
    const words = splitWords(text);
    const draft = unfinished(words, setting);
    if (draft !== null && opening !== null) {
      allowCapture(authorised, draft.verb, desk);
      const place = { channel: typed.channel_id, responseUrl: typed.response_url };
      if (await openDraft(draft, place, opening, desk)) return null;
    }
    const command = parseCommand(words, setting);
    const view = await carryOut(command, authorised.actor, desk).catch(explained);
    return echoed(view, command);
  } catch (error) {
    await opening?.instead(noticeModal('Capture packets', troubleInWords(error, desk.log)));
    throw error;
  }
}

/** Whether words lead to a form, as far as they tell by themselves: a trigger does not wait until it is known whose they are. */
function opensForm(text: string, desk: Desk): boolean {
  try {
    return unfinished(splitWords(text), settingFor(null, desk)) !== null;
  } catch {
    return false;
  }
}

function settingFor(timezone: string | null, { now, config }: Desk) {
  return { door: 'slack', now: now(), timezone: timezone ?? config.reports.timezone } as const;
}

function orderOf(typed: SlashCommand, text: string): Order {
  const verb = /\S{1,40}/.exec(text)?.[0].toLowerCase() ?? 'help';
  const origin = { door: 'slack', team: typed.team_id, user: typed.user_id, channel: typed.channel_id } as const;
  return { origin, verb, words: `${typed.command} ${typed.text}`.trim() };
}
