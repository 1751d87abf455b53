import type { App, Logger, Receiver, ReceiverEvent } from '@slack/bolt';
import { SocketModeClient, type SocketModeOptions } from '@slack/socket-mode';
import type { Millis } from '../capture/capture.ts';
import { CaptureError } from '../capture/errors.ts';
import { turn } from '../capture/turns.ts';

/** How many connections listen: Slack gives each envelope to one of them, and allows ten. */
const wanted = 2;

export interface ConnectionParts {
  readonly appToken: string;
  readonly clientOptions: NonNullable<SocketModeOptions['clientOptions']>;
  readonly log: Logger;
  /** Called with the time that an envelope had to wait for its acknowledgement. */
  readonly onAck: (after: Millis) => void;
  /** Called when a connection cannot be made again, ever: a revoked token, a disabled app. */
  readonly onLost: (error: unknown) => void;
}

/**
 * Bolt's receiver over Socket Mode without its deaf gap: socket-mode 3.1 closes a connection that Slack refreshes and opens the
 * next one 5 s later; here the next one listens before the old one is closed.
 */
export class Connections implements Receiver {
  readonly #parts: ConnectionParts;
  readonly #open = new Set<Connection>();
  #app: App | undefined;
  #stopped = false;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
  }

  init(app: App): void {
    this.#app = app;
  }

  /** How many connections listen. */
  get listening(): number {
    return [...this.#open].filter(({ listening }) => listening).length;
  }

  /** Resolves when the first connection listens; rejects when Slack refuses the token. */
  async start(): Promise<void> {
    await this.#connect();
    // Slack may make us wait for further ones: apps.connections.open is for about one a minute.
    for (let more = 1; more < wanted; more += 1) this.#connect().catch(this.#parts.onLost);
  }

  /** Stops intake: no envelope comes in after it. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#open].map((connection) => this.#close(connection)));
  }

  async #connect(): Promise<void> {
    const connection = new Connection(this.#parts);
    this.#open.add(connection);
    connection.on('slack_event', (event: SlackEvent) => void this.#pass(event));
    connection.on('told_to_leave', () => void this.#replace(connection).catch(this.#parts.onLost));
    await connection.start();
    if (this.#stopped) await this.#close(connection);
  }

  async #replace(leaving: Connection): Promise<void> {
    if (this.#stopped) return;
    await this.#connect();
    await this.#close(leaving);
  }

  async #close(connection: Connection): Promise<void> {
    this.#open.delete(connection);
    await connection.disconnect();
  }

  async #pass({ ack, body, envelope_id, retry_num, retry_reason }: SlackEvent): Promise<void> {
    const arrived = performance.now();
    let acked = false;
    const event: ReceiverEvent = {
      body,
      ack: async (answer) => {
        if (acked) return;
        acked = true;
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
      .catch((error: unknown) => this.#parts.log.error('an envelope was lost', error));
  }
}

/** What cannot be acknowledged is not carried out: Slack tells the person that nothing came of it. */
function lost(cause: unknown): never {
  const why = 'the connection to Slack broke just as this arrived, and nothing was done: give the order again';
  throw new CaptureError('conflict', why, { cause });
}

interface SlackEvent {
  readonly ack: (answer?: unknown) => Promise<void>;
  readonly body: ReceiverEvent['body'];
  readonly envelope_id: string;
  readonly retry_num?: number;
  readonly retry_reason?: string;
}

/** A connection that says when Slack asks it to leave, instead of leaving. */
class Connection extends SocketModeClient {
  /** Slack has said hello on it, and it is not closed. */
  listening = false;

  constructor({ appToken, clientOptions, log }: ConnectionParts) {
    // The client writes into the options it is given; each gets its own.
    super({ appToken, clientOptions: { ...clientOptions }, logger: log });
    this.on('connected', () => {
      this.listening = true;
    });
    this.on('close', () => {
      this.listening = false;
    });
  }

  protected override async onWebSocketMessage(data: string | ArrayBuffer, isBinary: boolean): Promise<void> {
    if (typeof data === 'string' && isGoodbye(data)) this.emit('told_to_leave');
    else await super.onWebSocketMessage(data, isBinary);
  }
}

function isGoodbye(frame: string): boolean {
  try {
    return (JSON.parse(frame) as { type?: unknown }).type === 'disconnect';
  } catch {
    // Not ours to judge: the client says what it thinks of a broken frame.
    return false;
  }
}
