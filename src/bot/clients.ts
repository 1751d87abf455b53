import { setTimeout as pause } from 'node:timers/promises';
import type { Logger as SlackLogger } from '@slack/bolt';
import { WebAPIRateLimitedError, WebClient, type WebClientOptions } from '@slack/web-api';
import type { Millis } from '../capture/capture.ts';
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

/** For calls that a person waits for: tried again at once, given up before they lose patience; where Slack limits them, at once. */
export function interactiveOptions(secrets: SlackSecrets, log: SlackLogger, fetch: Fetch): WebClientOptions {
  return {
    ...atSlack(secrets, log, fetch),
    rejectRateLimitedCalls: true,
    retryConfig: { retries: 3, minTimeout: 200, maxTimeout: 1_000 },
  };
}

/** A person waits so long for Slack to lift a limit, and no longer. */
const patience: Millis = 3_000;

/** Makes a call once more where Slack asks for a short wait. */
export async function patiently<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  try {
    return await call();
  } catch (error) {
    const wait = error instanceof WebAPIRateLimitedError ? error.retryAfter * 1_000 : Number.POSITIVE_INFINITY;
    if (wait > patience) throw error;
    await pause(wait);
    return call();
  }
}

/** For apps.connections.open: who asks for a connection tries again by plan, and says so. */
export function connectionOptions(secrets: SlackSecrets, fetch: Fetch): WebClientOptions {
  return { ...whereSlackIs(secrets, fetch), rejectRateLimitedCalls: true, retryConfig: { retries: 0 } };
}

type Fetch = typeof globalThis.fetch;

function atSlack(secrets: SlackSecrets, log: SlackLogger, fetch: Fetch): WebClientOptions {
  return { ...whereSlackIs(secrets, fetch), logger: log };
}

function whereSlackIs({ apiUrl }: SlackSecrets, fetch: Fetch): WebClientOptions {
  const own = { timeout: callTimeout, fetch };
  return apiUrl === null ? own : { ...own, slackApiUrl: apiUrl };
}
