import { setTimeout as pause } from 'node:timers/promises';
import type { App, Receiver, ReceiverEvent } from '@slack/bolt';
import { WebAPIRateLimitedError } from '@slack/web-api';
import type { Logger } from 'pino';
import type { Millis } from '../capture/capture.ts';
import { CaptureError } from '../capture/errors.ts';
import { turn } from '../capture/turns.ts';
import { Connection, type ConnectionParts, type Parting, Refused, type SlackEvent } from './connection.ts';
import { isRefusal } from './mending.ts';

/** How many connections listen: Slack gives each envelope to one of them, and allows ten. */
const wanted = 2;
/** Between two tries: soon at first, and never so long that the end of an outage would be missed. */
const firstWait: Millis = 250;
const longestWait: Millis = 1_000;
/** Where Slack has said that trying at once is no use. */
const unwelcomeWait: Millis = 10_000;

/** What Slack's words for a connection that it does not want mean to whoever runs the sensor. */
const unwelcome: Readonly<Record<string, string>> = {
  link_disabled: 'Socket Mode is switched off for this app: switch it on, on the app’s page',
  too_many_websockets: 'this app has all the connections that Slack allows: does another bot run with its token?',
};

export interface ConnectionsParts extends ConnectionParts {
  readonly log: Logger;
  /** Called with the time that an envelope had to wait for its acknowledgement. */
  readonly onAck: (after: Millis) => void;
  /** Called when a connection cannot be made again, ever: a revoked token, a disabled app. */
  readonly onLost: (error: unknown) => void;
}

/**
 * Bolt's receiver over Socket Mode without its deaf gap: two connections listen, and where Slack refreshes one, the next one listens before
 * it is closed. What breaks is made again within a second of the end of an outage.
 */
export class Connections implements Receiver {
  readonly #parts: ConnectionsParts;
  readonly #open = new Set<Connection>();
  readonly #stopping = new AbortController();
  #app: App | undefined;

  constructor(parts: ConnectionsParts) {
    this.#parts = parts;
  }

  init(app: App): void {
    this.#app = app;
  }

  /** How many connections listen. */
  get listening(): number {
    return [...this.#open].filter(({ listens }) => listens).length;
  }

  /** Resolves when the first connection listens, or it is stopped before; rejects when Slack refuses the token. */
  async start(): Promise<void> {
    const first = await this.#connect();
    this.#keep(first).catch(this.#parts.onLost);
    // Slack may make us wait for further ones: apps.connections.open is for about one a minute.
    for (let more = 1; more < wanted; more += 1) this.#another().catch(this.#parts.onLost);
  }

  /** Stops intake: no envelope comes in after it. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([...this.#open].map((connection) => this.#close(connection)));
  }

  async #another(): Promise<void> {
    await this.#keep(await this.#connect());
  }

  /** Keeps one connection open until it is stopped: another listens before one is closed. */
  async #keep(first: Connection | null): Promise<void> {
    for (let connection = first; connection !== null; ) {
      const reason = await connection.parting;
      if (this.#stopping.signal.aborted) return;
      this.#parts.log.info({ reason }, 'connection to Slack ends, another one is made');
      this.#sayUnwelcome(reason);
      const next = await this.#connect();
      void this.#close(connection);
      connection = next;
    }
  }

  /** A connection that listens; null when it was stopped before there was one. */
  async #connect(): Promise<Connection | null> {
    const { signal } = this.#stopping;
    const since = Date.now();
    for (let failures = 0; !signal.aborted; failures += 1) {
      const connection = new Connection(this.#parts, (event) => void this.#pass(event));
      try {
        await connection.open();
        this.#open.add(connection);
        if (failures > 0) this.#parts.log.info({ failures, milliseconds: Date.now() - since }, 'Slack is heard again');
        if (!signal.aborted) return connection;
        await this.#close(connection);
      } catch (error) {
        if (isRefusal(error)) throw error;
        if (failures === 0) this.#parts.log.warn({ err: error }, 'Slack cannot be heard, tries follow');
        if (failures === 0 && error instanceof Refused) this.#sayUnwelcome(error.reason);
        await pause(waitAfter(error, failures), undefined, { signal }).catch(() => undefined);
      }
    }
    return null;
  }

  async #close(connection: Connection): Promise<void> {
    this.#open.delete(connection);
    await connection.close();
  }

  #sayUnwelcome(reason: Parting): void {
    const words = unwelcome[reason];
    if (words !== undefined) this.#parts.log.error({ reason }, words);
  }

  async #pass({ ack, body, envelope_id, retry_num, retry_reason }: SlackEvent): Promise<void> {
    const arrived = performance.now();
    const event: ReceiverEvent = {
      body,
      ack: async (answer) => {
        await ack(answer).catch(lost);
        this.#parts.onAck(performance.now() - arrived);
        // What others wait for first is their acknowledgement.
        await turn();
      },
      customProperties: { envelopeId: envelope_id },
      ...(retry_num === undefined ? {} : { retryNum: retry_num }),
      ...(retry_reason === undefined ? {} : { retryReason: retry_reason }),
    };
    // Bolt sends what a listener throws to app.error; what comes out here is a bug of that handler.
    await this.#app
      ?.processEvent(event)
      .catch((error: unknown) => this.#parts.log.error({ err: error }, 'an envelope was lost'));
  }
}

function isUnwelcome(reason: Parting): boolean {
  return unwelcome[reason] !== undefined;
}

function waitAfter(error: unknown, failures: number): Millis {
  if (error instanceof WebAPIRateLimitedError) return error.retryAfter * 1_000;
  if (error instanceof Refused && isUnwelcome(error.reason)) return unwelcomeWait;
  return Math.min(longestWait, firstWait * 2 ** failures);
}

/** What cannot be acknowledged is not carried out: Slack tells the person that nothing came of it. */
function lost(cause: unknown): never {
  const why = 'the connection to Slack broke just as this arrived, and nothing was done: give the order again';
  throw new CaptureError('conflict', why, { cause });
}
