import type { Logger } from 'pino';
import type { Millis } from '../capture/capture.ts';
import type { Engine } from '../capture/door.ts';
import type { Config, SlackConfig } from '../config.ts';
import type { Deliveries } from './deliveries.ts';
import type { Follow } from './follow.ts';
import type { Haste } from './haste.ts';
import type { Homes } from './home/keeping.ts';
import type { Messages } from './messages.ts';
import type { Meters } from './meters.ts';
import type { People } from './people.ts';
import type { TokenWatch } from './token.ts';
import type { UnansweredOrders } from './unanswered.ts';
import type { UnconfirmedSearches } from './unconfirmed.ts';
import type { Underway } from './underway.ts';

/** What a handler has at hand. */
export interface Desk {
  readonly engine: Engine;
  readonly config: Config;
  readonly slack: SlackConfig;
  readonly people: People;
  /** Counts what each person orders. */
  readonly haste: Haste;
  readonly token: TokenWatch;
  /** What was done once and must not be done again. */
  readonly deliveries: Deliveries;
  /** Orders under way. */
  readonly unanswered: UnansweredOrders;
  /** The messages of captures and of requests for approval. */
  readonly follow: Pick<Follow, 'posted' | 'redraw' | 'warn'>;
  /** Which capture, or which request, a thread is about. */
  readonly threads: Pick<Messages, 'aboutAt'>;
  readonly homes: Pick<Homes, 'opened'>;
  /** Searches that wait for their person's word. */
  readonly unconfirmed: UnconfirmedSearches;
  readonly underway: Underway;
  readonly meters: Meters;
  /** Aborts when the bot goes: what runs in its process ends with it. */
  readonly closing: AbortSignal;
  readonly log: Logger;
  readonly now: () => Millis;
}
