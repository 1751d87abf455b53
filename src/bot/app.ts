import { App, type Logger as SlackLogger } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { CaptureError } from '../capture/errors.ts';
import type { SlackSecrets } from '../environment.ts';
import { answerButtons } from './actions.ts';
import { answer } from './answer.ts';
import { hearChanges } from './changes.ts';
import { connectionOptions, interactiveOptions } from './clients.ts';
import { answerCommands } from './commands.ts';
import { markAnswered, onlyFirst } from './deliveries.ts';
import type { Desk } from './desk.ts';
import { answerForms } from './forms/forms.ts';
import { heardIn } from './hearing.ts';
import { answerHome } from './home/answers.ts';
import { whatToMend } from './mending.ts';
import { answerMentions } from './mentions.ts';
import { Connections } from './receiver.ts';
import { reply } from './replies.ts';
import { troubleInWords } from './trouble.ts';

export interface AppParts {
  readonly desk: Desk;
  readonly secrets: SlackSecrets;
  readonly slackLog: SlackLogger;
  /** For its calls of Slack. */
  readonly fetch: typeof fetch;
  /** Called when Slack will not have us back: the bot must end and say why. */
  readonly onLost: (why: CaptureError) => void;
}

export interface OpenApp {
  readonly app: App;
  /** How many connections to Slack listen. */
  readonly connections: () => number;
}

/**
 * Bolt's App with everything that people can say to it, not yet connected.
 * @throws CaptureError `bad_request` when Slack refuses the bot token or it is another workspace's
 */
export async function openApp({ desk, secrets, slackLog, fetch, onLost }: AppParts): Promise<OpenApp> {
  const receiver = new Connections({
    appToken: secrets.appToken,
    clientOptions: connectionOptions(secrets, fetch),
    log: desk.log,
    onAck: desk.meters.acked,
    onLost: (error) => onLost(whatToMend(error, 'SLACK_APP_TOKEN')),
  });
  const app = new App({
    token: secrets.botToken,
    receiver,
    clientOptions: interactiveOptions(secrets, slackLog, fetch),
    logger: slackLog,
    convoStore: false,
    extendedErrorHandler: true,
    // Otherwise a bad token rejects inside the constructor, where nobody can catch it.
    deferInitialization: true,
  });
  app.use(async ({ next }) => desk.underway.add(next()));
  app.use(onlyFirst(desk.deliveries, desk.unanswered, desk.log));
  answerCommands(app, desk);
  answerMentions(app, desk);
  answerButtons(app, desk);
  answerForms(app, desk);
  answerHome(app, desk);
  hearChanges(app, desk.people);
  // Said of the tokens of people, too: what they mean for the bot's own Slack says when it is asked.
  app.event('tokens_revoked', () => desk.token.check());
  app.event('app_uninstalled', () => desk.token.check());
  app.error(async (failed: Failed) => sayWhatWentWrong(failed, app.client, desk));
  await initialise(app, desk);
  return { app, connections: () => receiver.listening };
}

/** What Bolt hands on when a handler throws. */
interface Failed {
  readonly error: Error;
  readonly body: object;
}

/** Connects; resolves when Slack's envelopes arrive. */
export async function listen(app: App): Promise<void> {
  try {
    await app.start();
  } catch (error) {
    throw whatToMend(error, 'SLACK_APP_TOKEN');
  }
}

async function initialise(app: App, { slack }: Desk): Promise<void> {
  const us = await app
    .init()
    .then(() => app.client.auth.test())
    .catch((error: unknown) => {
      throw whatToMend(error, 'SLACK_BOT_TOKEN');
    });
  if (us.team_id === slack.team) return;
  throw new CaptureError(
    'bad_request',
    `SLACK_BOT_TOKEN is of the workspace ${us.team_id}, slack.team is ${slack.team}`,
  );
}

/** The one place where a handler's errors end: a sentence for what the person can mend, a reference for what is our bug. */
async function sayWhatWentWrong(
  { error, body }: Failed,
  slack: WebClient,
  { log, meters, unanswered }: Desk,
): Promise<void> {
  const cause = 'original' in error ? error.original : error;
  meters.failed(verbIn(body), cause);
  try {
    const view = troubleInWords(cause, log);
    if ('response_url' in body && typeof body.response_url === 'string') await answer(body.response_url, view);
    const heard = 'event' in body && heardIn(Object(body.event), '');
    if (heard) await reply(heard, view, slack);
    await markAnswered(body, unanswered, log);
  } catch (notShown) {
    log.warn({ err: notShown, about: cause }, 'answer not shown');
  }
}

/** The first word of a slash command; what never became an order has no other verb. */
function verbIn(body: object): string {
  const text = 'text' in body && typeof body.text === 'string' ? body.text : '';
  return /\S+/.exec(text)?.[0].toLowerCase() ?? '';
}
