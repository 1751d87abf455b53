import type { WebClient } from '@slack/web-api';
import type { Database } from 'better-sqlite3';
import type { Logger } from 'pino';
import type { Millis } from '../capture/capture.ts';
import type { Engine } from '../capture/door.ts';
import { CaptureError } from '../capture/errors.ts';
import type { Config } from '../config.ts';
import type { SlackSecrets } from '../environment.ts';
import { listen, openApp } from './app.ts';
import { slackClients } from './clients.ts';
import { openDeliveries } from './deliveries.ts';
import type { Desk } from './desk.ts';
import { digestRecord } from './digest-record.ts';
import { postDaily } from './digests.ts';
import { Follow } from './follow.ts';
import { homeNow } from './home/drawing.ts';
import { Homes } from './home/keeping.ts';
import { openHomes } from './home/opened.ts';
import { slackLog } from './log.ts';
import { openMessages } from './messages.ts';
import { slackPeople } from './people.ts';
import { slackUserOf } from './slack-user.ts';
import { openUnconfirmed } from './unconfirmed.ts';
import { underway } from './underway.ts';
import { viewsOf } from './viewing.ts';

export interface BotParts {
  readonly config: Config;
  readonly secrets: SlackSecrets;
  readonly engine: Engine;
  /** For the bot's own tables: messages, deliveries, digests. */
  readonly database: Database;
  readonly log: Logger;
  readonly now: () => Millis;
  /** Called once when the bot cannot go on: with what to mend, or with a bug. */
  readonly onLost: (why: unknown) => void;
}

export interface Bot {
  /** Stops intake, lets handlers and searches end, draws the last messages; gives up after so many milliseconds. */
  close(within: Millis): Promise<void>;
}

/**
 * Starts the bot; resolves when it hears Slack.
 * @throws CaptureError `bad_request` when Slack refuses a token, `tool_failed` when Slack cannot be reached
 */
export async function openBot(parts: BotParts): Promise<Bot> {
  const { config, secrets, engine, database, log, now, onLost } = parts;
  const { slack } = config;
  if (slack === null) throw new CaptureError('bad_request', `${config.file} has no section slack: the bot needs one`);
  const forSlack = slackLog(log);
  const clients = slackClients(secrets, forSlack);
  const closing = new AbortController();
  const messages = openMessages(database);
  const { digest } = slack;
  const follow = new Follow({
    engine,
    messages,
    slack: clients.progress,
    viewOf: viewsOf({ engine, messages, config }),
    placesOf: ({ orderedBy, analyst }) => ({ person: slackUserOf([orderedBy, analyst], config.analysts), digest }),
    log,
    now,
  });
  const people = slackPeople(clients.interactive, now);
  const homes = new Homes({
    engine,
    opened: openHomes(database, now),
    slack: clients.progress,
    homeOf: (opened, known) => homeNow(opened, known, { engine, config, slack, people, log, now }),
    log,
    now,
  });
  const desk: Desk = {
    engine,
    config,
    slack,
    people,
    deliveries: openDeliveries(database, now),
    follow,
    threads: messages,
    homes,
    unconfirmed: openUnconfirmed(database, now),
    underway: underway(),
    closing: closing.signal,
    log,
    now,
  };
  const app = await openApp({ desk, secrets, slackLog: forSlack, onLost });
  follow.run().catch(onLost);
  homes.run().catch(onLost);
  const supervised = engine.supervise(false, closing.signal).catch(onLost);
  await listen(app);
  const digests = daily(parts, clients.digest);

  return {
    async close(within) {
      const { tooLate, done } = deadline(within);
      await inTime(app.stop(), tooLate);
      // Handlers answer over HTTP: they can end without the connections.
      closing.abort(new Error('the bot is stopping'));
      await inTime(Promise.all([desk.underway.drained(tooLate), digests?.stop()]), tooLate);
      await inTime(homes.close(), tooLate);
      await inTime(follow.close(tooLate), tooLate);
      await inTime(supervised, tooLate);
      done();
    },
  };
}

function daily({ engine, config, database, log, now }: BotParts, slack: WebClient): { stop(): Promise<void> } | null {
  const channel = config.slack?.digest ?? null;
  if (channel === null) return null;
  return postDaily({ engine, config, now, log, slack, channel, record: digestRecord(database, channel, now) });
}

/** Aborts after so many milliseconds. Unlike AbortSignal.timeout it keeps the process alive for as long: nothing else may. */
function deadline(within: Millis): { readonly tooLate: AbortSignal; readonly done: () => void } {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), within);
  return { tooLate: late.signal, done: () => clearTimeout(timer) };
}

/** Resolves when the work is done or it is too late for it. */
async function inTime(work: Promise<unknown>, tooLate: AbortSignal): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  if (tooLate.aborted) resolve();
  tooLate.addEventListener('abort', () => resolve(), { once: true });
  await Promise.race([work, late]);
}
