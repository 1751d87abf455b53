import type { Actor, Known, Membership, Origin, Unknown } from './analyst.ts';
import type { Approving } from './approving.ts';
import type { Capture, Millis, RingFileReport } from './capture.ts';
import type { Custodian } from './custodian.ts';
import type { Day, Measured } from './evidence.ts';
import type { Health } from './health.ts';
import type {
  Aftermath,
  AskedSearch,
  Attempt,
  AuditEntry,
  AuditQuery,
  BothOrder,
  BothStep,
  ChainHead,
  IndexOrder,
  IndexStep,
  Interrupted,
  SearchOrder,
  SearchStep,
  Selection,
  Standing,
  Started,
  StartOrder,
} from './orders.ts';
import type { Pinning } from './pinning.ts';
import type { Preflight } from './preflight.ts';

/**
 * The capture engine's door: plain values in, plain values and iterables out. Every method throws CaptureError for what a person
 * can mend; every order is in the audit log before it is carried out.
 */
export interface Engine extends Custodian, Pinning, Approving {
  /**
   * The analyst behind an identity, as an actor with the words they typed. Whom the configuration does not name may have a role by a Slack
   * user group, as the door knows from Slack; the actor's origin then says so.
   * @throws CaptureError `not_allowed` for a stranger, and where a member's Slack name cannot be theirs here, once that is in the audit log
   */
  identify(origin: Origin, verb: string, words: string, membership?: Membership): Promise<Actor>;
  /** The same for what is shown without an order: who somebody is, or why they are nobody here; nothing of it is in the audit log. */
  whoIs(origin: Origin, membership?: Membership): Known | Unknown;
  /** This process, by the name under which others on the sensor know it. */
  process(): string;
  /** Whether the process of that name still runs. */
  isRunning(process: string): boolean;
  /** The Slack user id of somebody, by the configuration or a user group; null where they have none. */
  slackUserNamed(name: string): string | null;
  /**
   * Refuses an attempt that the door itself judged: writes it to the audit log and throws.
   * @throws CaptureError `not_allowed` with `why`, always
   */
  refuse(attempt: Attempt, why: string): Promise<never>;
  /** Writes to the audit log that the door refused an attempt, or several, and told the person by itself. */
  refused(attempt: Attempt, why: string): void;
  /**
   * Starts a live capture; resolves when tcpdump listens. Doors ask `requestApproval` before.
   * @throws CaptureError `bad_request`, `bad_expression`, `not_allowed`, `no_room`, `tool_failed`
   */
  start(order: StartOrder, actor: Actor): Promise<Started>;
  /**
   * What a search would read, where that is more than `limits.search` lets pass unasked; null where it may begin. Doors ask a person then, and
   * give the order again as `confirmed`. Nothing is begun; that it was held back is in the audit log.
   * @throws CaptureError as `search` and `both` before anything was started
   */
  preflight(asked: AskedSearch, actor: Actor): Promise<Preflight | null>;
  /**
   * Searches a ring for the past, ring file by ring file. Aborting the signal ends it as `cancelled`, keeping what was merged.
   * @throws CaptureError where it is read: `bad_request`, `bad_expression`, `not_allowed`, `no_room`, `tool_failed`
   */
  search(order: SearchOrder, actor: Actor, signal: AbortSignal): AsyncIterable<SearchStep>;
  /**
   * Starts a live capture, then searches the ring of its interface up to it. Aborting the signal cancels the search alone.
   * @throws CaptureError where it is read, as `start` and `search`; before anything was started when the ring cannot be searched
   */
  both(order: BothOrder, actor: Actor, signal: AbortSignal): AsyncIterable<BothStep>;
  /**
   * Indexes the finished files of a ring, or of all, so that searches read only what may match; results are the same without.
   * @throws CaptureError where it is read: `not_allowed`, `not_found` for a ring that is not configured, `tool_failed`
   */
  index(order: IndexOrder, actor: Actor, signal: AbortSignal): AsyncIterable<IndexStep>;
  /**
   * Captures that match, newest first; none where none does.
   * @throws CaptureError `not_found` for an id that was never given
   */
  list(selection: Selection, actor: Actor): Promise<Capture[]>;
  /**
   * One capture, by its id or by a word that it alone has.
   * @throws CaptureError `not_found`, `bad_request` where several have the word
   */
  show(selector: string, actor: Actor): Promise<Capture>;
  /** The coverage statement of a search, ring file by ring file in time order; empty for a live capture. */
  coverage(id: string): RingFileReport[];
  /** The addresses and nets of the list that a search looked for, in canonical form; empty where it had none. */
  hosts(id: string): string[];
  /**
   * Stops what a selector (an id or a word) names among what runs, or these ids alone; null stops all that the person may stop. Resolves
   * with each in its final state, facts and digest included; a search of another process is asked to stop and comes back when it has.
   * @throws CaptureError `not_found`, `conflict` when it has ended already, `not_allowed`, `bad_request` for one or two letters that
   * several have
   * @param seen the deadline that the person saw, where they answer a question about it: moved since, nothing is stopped (`conflict`)
   */
  stop(which: string | readonly string[] | null, actor: Actor, seen?: Millis): Promise<Capture[]>;
  /** What `stop` would stop now, newest first, for who wants to know before; not an order, so not in the audit log. */
  stoppable(selector: string | null, actor: Actor): Capture[];
  /**
   * Entries of the audit log, oldest first, page by page.
   * @throws CaptureError where it is read: `not_allowed` unless the person may read it
   */
  audit(query: AuditQuery, actor: Actor): AsyncIterable<readonly AuditEntry[]>;
  /**
   * Moves the deadline of a live capture, named by its id or by a word that it alone has of those that run, by so many milliseconds.
   * @throws CaptureError `not_found`, `conflict` when it has ended, `not_allowed` when it is not theirs or the limit is a lead's to pass,
   * `bad_request` where several have the word
   * @param seen the deadline that the person saw, where they click on it: moved since, it is not moved again (`conflict`)
   */
  extend(selector: string, by: Millis, actor: Actor, seen?: Millis): Promise<Capture>;
  /**
   * Has a live capture started again after a reboot; it is named as for `extend`.
   * @throws CaptureError `not_found`, `conflict` when it has ended, `not_allowed` when it is not theirs, `bad_request`
   */
  keep(selector: string, actor: Actor): Promise<Capture>;
  /** One capture as it is now, for a view; not an order, so not in the audit log. */
  peek(id: string): Capture | undefined;
  /**
   * What runs, and the last so many that ended: whose analyst, or who gave whose order, is `of`; everybody's where it is null. For a view;
   * not an order, so not in the audit log.
   */
  standing(of: string | null, ended: number): Standing;
  /** How the sensor is, some of it as it was up to a minute ago; not an order, so not in the audit log. */
  health(): Promise<Health>;
  /** What ran and what was written to the audit log from `from` to before `to`, and how evidence stands now. */
  day(from: Millis, to: Millis): Promise<Day>;
  head(): ChainHead;
  /** What came of an order whose door ended before it could say so, once what was cut off is settled; a look of the door's, so not in the audit log. */
  aftermath(order: Interrupted): Promise<Aftermath>;
  /** How many captures there are in each state, and what they cost; not an order, so not in the audit log. */
  measure(): Promise<Measured>;
  /** Settles every capture whose process is gone: the one path for every ending that nobody ordered. Done before every list, show and stop. */
  reconcile(): Promise<void>;
  /** Captures as they change, in this process or another, first all with a version above `after`; ends with the signal. Looks every 250 ms. */
  watch(after: number, signal: AbortSignal): AsyncIterable<Capture>;
  /**
   * Looks after the installation while no other process does: limits, free space and kernel drops of running captures, retention, syslog.
   * Ends with the signal, or, `untilIdle`, when nothing runs any more or another process looks after it.
   */
  supervise(untilIdle: boolean, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
