import type { App } from '@slack/bolt';
import { answer } from './answer.ts';
import type { Desk } from './desk.ts';
import { openingOf } from './forms/opening.ts';
import { answerTo } from './spoken.ts';

/** `/capture`: parse, ask the engine, show. Acknowledged before anything is done: Slack waits three seconds. */
export function answerCommands(app: App, desk: Desk): void {
  app.command('/capture', async ({ ack, command, client }) => {
    await ack();
    const { team_id: team, user_id: user, channel_id: channel, response_url: responseUrl } = command;
    const view = await answerTo(
      {
        origin: { door: 'slack', team, user, channel },
        text: command.text,
        words: `${command.command} ${command.text}`.trim(),
        name: `${command.command} `,
        // Slack takes no slash command in a thread.
        about: null,
        form: { open: () => openingOf(client, command.trigger_id), responseUrl },
      },
      desk,
    );
    if (view !== null) await answer(responseUrl, view);
  });
}
