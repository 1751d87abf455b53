import type { Logger } from '@slack/bolt';
import { SocketModeClient, type SocketModeOptions } from '@slack/socket-mode';
import type { Millis } from '../capture/capture.ts';

/** Slack says hello at once; a connection that is silent for so long is none. */
const helloWithin: Millis = 8_000;
/** Slack waits so long for an acknowledgement. */
const ackWithin: Millis = 3_000;

export interface ConnectionParts {
  readonly appToken: string;
  readonly clientOptions: NonNullable<SocketModeOptions['clientOptions']>;
}

/** What Slack delivers over a connection, with the way back. */
export interface SlackEvent {
  readonly ack: (answer?: unknown) => Promise<void>;
  readonly body: Record<string, unknown>;
  readonly envelope_id: string;
  readonly retry_num?: number;
  readonly retry_reason?: string;
}

/** Slack's word for why a connection is to end (`refresh_requested`, ..), or `broken`. */
export type Parting = string;

/**
 * One connection of Socket Mode: made once, never again by itself, and not closed because Slack says so: whoever has it opens the next one first.
 */
export class Connection {
  readonly #client: OneSocket;
  readonly #parting = Promise.withResolvers<Parting>();
  #listens = false;
  #unacked = 0;
  #allAcked = Promise.withResolvers<void>();

  constructor(parts: ConnectionParts, onEvent: (event: SlackEvent) => void) {
    this.#client = new OneSocket(parts);
    this.#client.on('slack_event', (event: SlackEvent) => onEvent(this.#counted(event)));
    this.#client.on('told_to_leave', (reason: string) => this.#parting.resolve(reason));
    this.#client.on('disconnected', () => {
      this.#listens = false;
      this.#parting.resolve('broken');
    });
  }

  /** Resolves when Slack has said hello; rejects with why it has not. */
  async open(): Promise<void> {
    const client = this.#client;
    const started = client.start();
    const silence = new Promise<string>((resolve) => setTimeout(resolve, helloWithin, 'no hello').unref());
    const early = await Promise.race([started.then(() => null), this.#parting.promise, silence]);
    if (early === null) {
      this.#listens = true;
      return;
    }
    // One that comes about all the same would take envelopes that nobody looks after.
    started.then(
      () => client.disconnect(),
      () => undefined,
    );
    void client.disconnect();
    throw new Refused(early);
  }

  /** Resolves with why, once the connection is broken or Slack asks it to leave. */
  get parting(): Promise<Parting> {
    return this.#parting.promise;
  }

  /** Whether envelopes come in over it: Slack has said hello, and it is neither broken nor closed. */
  get listens(): boolean {
    return this.#listens;
  }

  /** Closes it once what came in over it is acknowledged; what is not by then Slack counts as lost anyway. */
  async close(): Promise<void> {
    const late = new Promise<void>((resolve) => setTimeout(resolve, ackWithin).unref());
    if (this.#unacked > 0) await Promise.race([this.#allAcked.promise, late]);
    await this.#client.disconnect();
  }

  #counted(event: SlackEvent): SlackEvent {
    if (this.#unacked === 0) this.#allAcked = Promise.withResolvers();
    this.#unacked += 1;
    let acked = false;
    return {
      ...event,
      ack: async (answer) => {
        if (acked) return;
        acked = true;
        await event.ack(answer).finally(() => {
          this.#unacked -= 1;
          if (this.#unacked === 0) this.#allAcked.resolve();
        });
      },
    };
  }
}

/** Slack took the connection and let it go before it said hello. */
export class Refused extends Error {
  readonly reason: Parting;

  constructor(reason: Parting) {
    super(`Slack did not say hello: ${reason}`);
    this.name = 'Refused';
    this.reason = reason;
  }
}

/** socket-mode 3.1 closes a connection that Slack refreshes and opens the next one 5 s later, and later still after each failure: not this one. */
class OneSocket extends SocketModeClient {
  constructor({ appToken, clientOptions }: ConnectionParts) {
    // The client writes into the options it is given; each gets its own.
    super({ appToken, clientOptions: { ...clientOptions }, autoReconnectEnabled: false, logger: quiet });
  }

  protected override async onWebSocketMessage(data: string | ArrayBuffer, isBinary: boolean): Promise<void> {
    const reason = typeof data === 'string' ? goodbyeIn(data) : null;
    if (reason === null) await super.onWebSocketMessage(data, isBinary);
    else this.emit('told_to_leave', reason);
  }
}

/** What goes wrong with a connection is told once by who has it, not at each try of an hour's outage. */
const quiet: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  getLevel: () => 'error' as ReturnType<Logger['getLevel']>,
  setLevel: () => {},
  setName: () => {},
};

function goodbyeIn(frame: string): string | null {
  try {
    const { type, reason } = JSON.parse(frame) as { type?: unknown; reason?: unknown };
    return type === 'disconnect' ? String(reason) : null;
  } catch {
    // Not ours to judge: the client says what it thinks of a broken frame.
    return null;
  }
}
