import type { WebClient } from '@slack/web-api';
import type { Database } from 'better-sqlite3';
import type { Logger } from 'pino';
import type { Millis } from '../capture/capture.ts';
import type { Engine } from '../capture/door.ts';
import { CaptureError } from '../capture/errors.ts';
import type { Config } from '../config.ts';
import type { SlackSecrets } from '../environment.ts';
import { listen, openApp } from './app.ts';
import { capturesInSlack } from './capture-messages.ts';
import { slackClients } from './clients.ts';
import { countingCalls, countingOrders } from './counted.ts';
import { openDeliveries } from './deliveries.ts';
import type { Desk } from './desk.ts';
import { digestRecord } from './digest-record.ts';
import { postDaily } from './digests.ts';
import { Follow } from './follow.ts';
import { openHaste } from './haste.ts';
import { homeNow } from './home/drawing.ts';
import { Homes } from './home/keeping.ts';
import { openHomes } from './home/opened.ts';
import { tellInterrupted } from './interrupted.ts';
import { slackLog } from './log.ts';
import { openMessages } from './messages.ts';
import { openMeters } from './meters.ts';
import { slackPeople } from './people.ts';
import { requestsInSlack } from './request-messages.ts';
import { slackUserOf } from './slack-user.ts';
import { tellMeters } from './telling.ts';
import { tokenWatch } from './token.ts';
import { openUnanswered } from './unanswered.ts';
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
  /** Resolves when it hears Slack; rejects when Slack refuses it. */
  readonly heard: Promise<void>;
  /** Stops intake, lets handlers and searches end, draws the last messages; gives up after so many milliseconds. */
  close(within: Millis): Promise<void>;
}

/**
 * Starts the bot, once Slack knows its token.
 * @throws CaptureError `bad_request` when Slack refuses a token, `tool_failed` when Slack cannot be reached
 */
export async function openBot(parts: BotParts): Promise<Bot> {
  const { config, secrets, database, log, now, onLost } = parts;
  const { slack } = config;
  if (slack === null) throw new CaptureError('bad_request', `${config.file} has no section slack: the bot needs one`);
  const forSlack = slackLog(log);
  const meters = openMeters();
  const engine = countingOrders(parts.engine, meters);
  const fetch = countingCalls(meters);
  const clients = slackClients(secrets, forSlack, fetch);
  const closing = new AbortController();
  const messages = openMessages(database);
  const { digest } = slack;
  const token = tokenWatch(clients.interactive, log, onLost);
  const [firstChannel = null] = slack.channels;
  const captures = capturesInSlack({
    engine,
    messages,
    viewOf: viewsOf({ engine, messages, config }),
    placesOf: ({ orderedBy, analyst }) => ({ person: slackUserOf([orderedBy, analyst], engine), digest }),
    now,
  });
  const requests = requestsInSlack({ engine, messages, firstChannel, digest, now });
  const follow = new Follow({
    subjects: [captures, requests],
    messages,
    slack: clients.progress,
    doubt: token.doubt,
    log,
    now,
  });
  const people = slackPeople(clients.interactive, now);
  const homes = new Homes({
    engine,
    opened: openHomes(database, now),
    slack: clients.progress,
    homeOf: (opened, known) => homeNow(opened, known, { engine, config, slack, people, token, log, now }),
    log,
    now,
  });
  const desk: Desk = {
    engine,
    config,
    slack,
    people,
    haste: openHaste({ engine, aMinute: slack.orders, log, now }),
    token,
    deliveries: openDeliveries(database, now),
    unanswered: openUnanswered(database, now, engine.process()),
    follow,
    threads: messages,
    homes,
    unconfirmed: openUnconfirmed(database, now),
    underway: underway(),
    meters,
    closing: closing.signal,
    log,
    now,
  };
  const began = now();
  const { app, connections } = await openApp({ desk, secrets, slackLog: forSlack, fetch, onLost });
  const telling = await tellMeters(config, log, meters, { engine, connections, behind: () => follow.behind() });
  follow.run().catch(onLost);
  homes.run().catch(onLost);
  const supervised = engine.supervise(false, closing.signal).catch(onLost);
  let digests: { stop(): Promise<void> } | null = null;
  const heard = listen(app).then(() => {
    if (closing.signal.aborted) return;
    desk.underway.add(tellInterrupted(began, clients.progress, desk)).catch(onLost);
    digests = daily(parts, clients.digest);
  });

  return {
    heard,
    async close(within) {
      const all = deadline(within);
      // Handlers that wait for Slack must not take the time of what Slack would still take.
      const half = deadline(within / 2);
      await inTime(app.stop(), half.tooLate);
      // Handlers answer over HTTP: they can end without the connections.
      closing.abort(new Error('the bot is stopping'));
      await inTime(Promise.all([desk.underway.drained(half.tooLate), digests?.stop()]), half.tooLate);
      half.done();
      await inTime(homes.close(), all.tooLate);
      desk.haste.close();
      await inTime(follow.close(all.tooLate), all.tooLate);
      await inTime(supervised, all.tooLate);
      await inTime(telling.close(), all.tooLate);
      all.done();
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
