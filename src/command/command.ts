import type { Millis } from '../capture/capture.ts';
import type { VerifyOrder } from '../capture/evidence.ts';
import type {
  AuditQuery,
  BothOrder,
  ChainHead,
  IndexOrder,
  SearchOrder,
  Selection,
  StartOrder,
} from '../capture/orders.ts';
import type { PinOrder } from '../capture/pin.ts';

/** What a person told capture to do, at either door. A selector is an id, or a word: of one capture alone where one is acted on. */
export type Command =
  | { readonly verb: 'start'; readonly order: StartOrder }
  /** `hosts`: the file with the list of hosts, which the shell reads into the order; `-` is stdin. */
  | { readonly verb: 'search'; readonly order: SearchOrder; readonly hosts?: string }
  | { readonly verb: 'both'; readonly order: BothOrder }
  | { readonly verb: 'list'; readonly selection: Selection; readonly details: boolean }
  | { readonly verb: 'show'; readonly selector: string }
  | { readonly verb: 'stop'; readonly selector: string | null; readonly details: boolean }
  | { readonly verb: 'extend'; readonly selector: string; readonly by: Millis }
  | { readonly verb: 'keep'; readonly selector: string }
  /** Null lists what waits for approval. */
  | { readonly verb: 'approve'; readonly id: string | null }
  /** The same; a reason only with an id. */
  | { readonly verb: 'deny'; readonly id: string | null; readonly reason: string | null }
  | { readonly verb: 'get'; readonly selector: string }
  | { readonly verb: 'verify'; readonly order: VerifyOrder }
  | { readonly verb: 'audit'; readonly query: AuditQuery }
  /** `audit verify`: the whole log, up to a head that was witnessed where one is given. */
  | { readonly verb: 'audit'; readonly witnessed: ChainHead | null }
  /** Null lists what is pinned. */
  | { readonly verb: 'pin'; readonly order: PinOrder | null }
  | { readonly verb: 'unpin'; readonly id: string }
  /** `yyyy-mm-dd` or `yesterday`; null is today. Both are days of the reports' zone. */
  | { readonly verb: 'digest'; readonly date: string | null }
  | { readonly verb: 'index'; readonly order: IndexOrder }
  | { readonly verb: 'whoami' }
  | { readonly verb: 'doctor'; readonly rebuild: boolean }
  | { readonly verb: 'help'; readonly topic: Verb | null };

export type Verb = Command['verb'];

/** Where the words were typed. */
export type Door = 'shell' | 'slack';

/** What the words alone do not say. */
export interface Setting {
  readonly door: Door;
  readonly now: Millis;
  /** Zone of times without one, as `Europe/Berlin`. */
  readonly timezone: string;
  /** The capture that is at hand: taken where a verb is about one, and none was named. */
  readonly about?: string;
  /** The request for approval that is at hand, in its thread. */
  readonly request?: string;
}
