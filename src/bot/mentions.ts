import type { App } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { Desk } from './desk.ts';
import { directlySaid } from './direct.ts';
import { behindName, type Heard, heardIn, isDirect, wordsOf } from './hearing.ts';
import { reply } from './replies.ts';
import { answerTo, type Spoken } from './spoken.ts';

/** `@capture ...` in a channel or in any thread of it, where Slack takes no slash command, and what is written to the bot alone. */
export function answerMentions(app: App, desk: Desk): void {
  app.event('app_mention', async ({ event, body, context, client }) => {
    const heard = heardIn(event, body.team_id);
    if (heard !== null) await answerHeard(heard, context.botUserId, client, desk);
  });
  app.event('message', async ({ event, body, context, client }) => {
    const heard = heardIn(event, body.team_id);
    if (heard !== null && isDirect(heard)) await answerHeard(heard, context.botUserId, client, desk);
  });
}

async function answerHeard(heard: Heard, bot: string | undefined, client: WebClient, desk: Desk): Promise<void> {
  const spoken = isDirect(heard) ? directlySaid(heard, bot, desk) : mentioned(heard, bot, desk);
  const view = await answerTo(spoken, desk);
  if (view !== null) await reply(heard, view, client);
}

function mentioned(heard: Heard, bot: string | undefined, desk: Desk): Spoken {
  const { origin, text, thread } = heard;
  return {
    origin,
    text: behindName(text, bot),
    words: wordsOf(heard, bot),
    name: '@capture ',
    about: thread === null ? null : (desk.threads.aboutAt([origin.channel], thread) ?? null),
    form: null,
  };
}
