import type { Logger as SlackLogger } from '@slack/bolt';
import { WebClient, type WebClientOptions } from '@slack/web-api';
import type { SlackSecrets } from '../environment.ts';

/** Milliseconds that a call of Slack's Web API may take; Slack's client has no limit of its own. */
export const callTimeout = 12_000;

/**
 * One client per kind of talk: a single 429 pauses all of a WebClient's queue, so progress must never stand before an answer.
 * `progress` and `digest` are not retried in here: a retried chat.postMessage can post twice, and who calls them tries again by plan.
 */
export interface SlackClients {
  readonly interactive: WebClient;
  readonly progress: WebClient;
  readonly digest: WebClient;
}

/** Clients for the bot's token. @param fetch counts their calls */
export function slackClients(secrets: SlackSecrets, log: SlackLogger, fetch = globalThis.fetch): SlackClients {
  const once: WebClientOptions = {
    ...atSlack(secrets, log, fetch),
    rejectRateLimitedCalls: true,
    retryConfig: { retries: 0 },
  };
  return {
    interactive: new WebClient(secrets.botToken, interactiveOptions(secrets, log, fetch)),
    progress: new WebClient(secrets.botToken, once),
    digest: new WebClient(secrets.botToken, once),
  };
}

/** For calls that a person waits for: tried again at once, given up before they lose patience. */
export function interactiveOptions(
  secrets: SlackSecrets,
  log: SlackLogger,
  fetch: typeof globalThis.fetch,
): WebClientOptions {
  return { ...atSlack(secrets, log, fetch), retryConfig: { retries: 3, minTimeout: 200, maxTimeout: 1_000 } };
}

/** For apps.connections.open: for ever, and soon, so that an hour's outage costs half a second after its end. */
export function connectionOptions(
  secrets: SlackSecrets,
  log: SlackLogger,
  fetch: typeof globalThis.fetch,
): WebClientOptions {
  return { ...atSlack(secrets, log, fetch), retryConfig: { forever: true, minTimeout: 500, maxTimeout: 5_000 } };
}

function atSlack(secrets: SlackSecrets, log: SlackLogger, fetch: typeof globalThis.fetch): WebClientOptions {
  const own = { logger: log, timeout: callTimeout, fetch };
  return secrets.apiUrl === null ? own : { ...own, slackApiUrl: secrets.apiUrl };
}
