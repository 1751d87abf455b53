import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { Actor, Origin } from './analyst.ts';
import type { Capture, Millis, RingFileReport } from './capture.ts';
import type {
  Attempt,
  AuditEntry,
  AuditQuery,
  ChainHead,
  Day,
  SearchOrder,
  SearchStep,
  Selection,
  Started,
  StartOrder,
} from './orders.ts';

/**
 * The capture engine's door: plain values in, plain values and iterables out. Every method throws CaptureError for what a person
 * can mend; every order is in the audit log before it is carried out.
 */
export interface Engine {
  /**
   * The analyst behind an identity, as an actor with the words they typed.
   * @throws CaptureError `not_allowed` for a stranger, once that is in the audit log
   */
  identify(origin: Origin, verb: string, words: string): Actor;
  /**
   * Refuses an attempt that the door itself judged: writes it to the audit log and throws.
   * @throws CaptureError `not_allowed` with `why`, always
   */
  refuse(attempt: Attempt, why: string): never;
  /**
   * Starts a live capture; resolves when tcpdump listens.
   * @throws CaptureError `bad_request`, `bad_expression`, `not_allowed`, `no_room`, `tool_failed`
   */
  start(order: StartOrder, actor: Actor): Promise<Started>;
  /**
   * Searches a ring for the past, ring file by ring file. Aborting the signal ends it as `cancelled`, keeping what was merged.
   * @throws CaptureError where it is read: `bad_request`, `bad_expression`, `not_allowed`, `no_room`, `tool_failed`
   */
  search(order: SearchOrder, actor: Actor, signal: AbortSignal): AsyncIterable<SearchStep>;
  /** Captures that match, newest first. */
  list(selection: Selection, actor: Actor): Promise<Capture[]>;
  /** @throws CaptureError `not_found` */
  show(id: string, actor: Actor): Promise<Capture>;
  /** The coverage statement of a search, ring file by ring file in time order; empty for a live capture. */
  coverage(id: string): RingFileReport[];
  /**
   * Stops what the selector (an id or a word) names among what runs; null stops all that the person may stop. Resolves with each in
   * its final state, facts and digest included; a search of another process is asked to stop and comes back when it has.
   * @throws CaptureError `not_found`, `conflict` when it has ended already, `not_allowed`
   */
  stop(selector: string | null, actor: Actor): Promise<Capture[]>;
  /**
   * Entries of the audit log, oldest first.
   * @throws CaptureError `not_allowed` unless the person may read it
   */
  audit(query: AuditQuery, actor: Actor): AuditEntry[];
  /** One capture as it is now, for a view; not an order, so not in the audit log. */
  peek(id: string): Capture | undefined;
  /** What ran and what was written to the audit log from `from` to before `to`. */
  day(from: Millis, to: Millis): Day;
  head(): ChainHead;
  /** Settles every capture whose process is gone: the one path for every ending that nobody ordered. */
  reconcile(): Promise<void>;
  /** Captures as they change, in this process or another, first all with a version above `after`; ends with the signal. Looks every 250 ms. */
  watch(after: number, signal: AbortSignal): AsyncIterable<Capture>;
  close(): Promise<void>;
}

export interface EngineParts {
  readonly config: Config;
  readonly log: Logger;
  readonly now: () => Millis;
}

export declare function openEngine(parts: EngineParts): Engine;
