import { statSync } from 'node:fs';
import { setImmediate as otherWork, setTimeout as pause } from 'node:timers/promises';
import { registryTrouble } from '../database.ts';
import { type Actor, analystAt, mayRole, type Origin, strangerInWords } from './analyst.ts';
import { type Capture, isOpen, type Millis, type RingFileReport } from './capture.ts';
import { type Custodian, openCustodian } from './custodian.ts';
import { whenDue } from './duties.ts';
import { CaptureError } from './errors.ts';
import { freeNow } from './limits.ts';
import { type EngineParts, openRoom } from './opening.ts';
import type {
  Attempt,
  AuditEntry,
  AuditQuery,
  BothOrder,
  BothStep,
  ChainHead,
  Day,
  SearchOrder,
  SearchStep,
  Selection,
  Started,
  StartOrder,
} from './orders.ts';
import { reconcileAll } from './reconcile.ts';
import { ask, type Order, type Room } from './room.ts';
import { wordedAs } from './wording.ts';

/**
 * The capture engine's door: plain values in, plain values and iterables out. Every method throws CaptureError for what a person
 * can mend; every order is in the audit log before it is carried out.
 */
export interface Engine extends Custodian {
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
  /**
   * Starts a live capture, then searches the ring of its interface up to it. Aborting the signal cancels the search alone.
   * @throws CaptureError where it is read, as `start` and `search`; before anything was started when the ring cannot be searched
   */
  both(order: BothOrder, actor: Actor, signal: AbortSignal): AsyncIterable<BothStep>;
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
  /**
   * Moves the deadline of a live capture by so many milliseconds.
   * @throws CaptureError `not_found`, `conflict` when it has ended, `not_allowed` when it is not theirs or the limit is a lead's to pass
   */
  extend(id: string, by: Millis, actor: Actor): Promise<Capture>;
  /**
   * Has a live capture started again after a reboot.
   * @throws CaptureError `not_found`, `conflict` when it has ended, `not_allowed` when it is not theirs
   */
  keep(id: string, actor: Actor): Promise<Capture>;
  /** One capture as it is now, for a view; not an order, so not in the audit log. */
  peek(id: string): Capture | undefined;
  /** What ran and what was written to the audit log from `from` to before `to`. */
  day(from: Millis, to: Millis): Day;
  head(): ChainHead;
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

/**
 * Opens the engine on an installation's registry. When that turns out damaged, locked or full later, every method says so in words that
 * whoever runs the sensor can act on; what runs goes on.
 * @throws CaptureError `tool_failed` when the registry cannot be opened, `conflict` when it is locked, `no_room` when the captures
 * directory cannot be made
 */
export function openEngine(parts: EngineParts): Engine {
  const reworded = (error: unknown) => registryTrouble(error, parts.config.state) ?? error;
  try {
    return wordedAs(engineIn(openRoom(parts)), reworded);
  } catch (error) {
    throw reworded(error);
  }
}

// What only some orders need is loaded with them: a list starts in half the time.
function engineIn(room: Room): Engine {
  const { config, registry, audit, database } = room;
  const { leave, ...custodian } = openCustodian(room);

  const look = (verb: string, actor: Actor, capture: string | null, outcome: 'done' | 'invalid' = 'done') =>
    audit.note({
      outcome,
      verb,
      analyst: actor.analyst.name,
      actingFor: null,
      origin: actor.origin,
      words: actor.words,
      capture,
    });
  const refuse: Engine['refuse'] = ({ verb, analyst, origin, words }, why) => {
    audit.note({ outcome: 'refused', verb, analyst, actingFor: null, origin, words, detail: why });
    throw new CaptureError('not_allowed', why);
  };
  const reconcile = () => reconcileAll(room);
  const duties = [whenDue(room, shipEvery, custodian.shipAudit), whenDue(room, retainEvery, custodian.retain)];
  const carryOut = async <Result>(order: Order, act: () => Promise<Result>): Promise<Result> => {
    try {
      return await act();
    } catch (error) {
      order.fail(error);
      throw error;
    }
  };

  return {
    identify: (origin, verb, words) => {
      const analyst = analystAt(origin, config.analysts, config.slack?.team ?? null);
      return analyst === undefined
        ? refuse({ verb, analyst: null, origin, words }, strangerInWords(origin, config.sensor))
        : { analyst, origin, words };
    },
    refuse,
    start: (order, actor) => {
      const asked = ask(room, 'start', actor, order.analyst);
      return carryOut(asked, async () => (await import('./live/start.ts')).startLive(room, order, actor, asked));
    },
    search: async function* (order, actor, signal) {
      const asked = ask(room, 'search', actor, order.analyst);
      try {
        const { searchRing } = await import('./past/search.ts');
        yield* searchRing(room, order, { actor, asked, signal, joint: null });
      } catch (error) {
        asked.fail(error);
        throw error;
      }
    },
    both: async function* (order, actor, signal) {
      const { startBoth } = await import('./both.ts');
      yield* startBoth(room, order, actor, signal);
    },
    list: async (selection, actor) => {
      look('list', actor, null);
      await reconcile();
      if (!selection.all) return registry.openMatching(selection.selector).map(present);
      const listed: Capture[] = [];
      for (const page of registry.pages(selection.selector)) {
        listed.push(...page.map(present));
        await otherWork();
      }
      return listed;
    },
    show: async (id, actor) => {
      await reconcile();
      const capture = registry.byId(id);
      look('show', actor, capture?.id ?? null, capture === undefined ? 'invalid' : 'done');
      if (capture === undefined)
        throw new CaptureError('not_found', `there is no capture ${id}: see what there is with "list --all"`);
      return present(capture);
    },
    coverage: registry.coverage,
    stop: (selector, actor) => {
      const asked = ask(room, 'stop', actor);
      return carryOut(asked, async () => {
        await reconcile();
        return (await import('./stop.ts')).stop(room, selector, actor, asked);
      });
    },
    audit: (query, actor) => {
      if (!mayRole.readAudit(actor.analyst)) {
        refuse({ ...actor, verb: 'audit', analyst: actor.analyst.name }, 'the audit log is for leads: ask one');
      }
      look('audit', actor, null);
      return audit.entries(query);
    },
    extend: (id, by, actor) => {
      const asked = ask(room, 'extend', actor);
      return carryOut(asked, async () => (await import('./extend.ts')).extend(room, id, by, actor, asked));
    },
    keep: (id, actor) => {
      const asked = ask(room, 'keep', actor);
      return carryOut(asked, async () => (await import('./extend.ts')).keep(room, id, actor, asked));
    },
    peek: (id) => {
      const capture = registry.byId(id);
      return capture && present(capture);
    },
    day: (from, to) => ({
      captures: registry.ranBetween(from, to).map(present),
      entries: audit.entries({ since: from, until: to }),
      head: audit.head(),
      disk: { free: freeNow(room), floor: config.limits.freeSpace },
    }),
    head: audit.head,
    reconcile,
    watch: async function* (after, signal) {
      let seen = after;
      while (!signal.aborted) {
        for (
          let page = registry.changedAfter(seen);
          page.length > 0 && !signal.aborted;
          page = registry.changedAfter(seen)
        ) {
          for (const capture of page) {
            seen = capture.version;
            yield present(capture);
          }
          await otherWork();
        }
        await pause(watchEvery, undefined, { signal }).catch(() => undefined);
      }
    },
    supervise: async (untilIdle, signal) => {
      const { supervise } = await import('./live/supervisor.ts');
      const look = () => {
        for (const duty of duties) duty();
        return reconcile();
      };
      await supervise(room, look, untilIdle, signal);
    },
    ...custodian,
    close: async () => {
      await leave();
      database.close();
    },
  };
}

/** Milliseconds between two looks at what changed. */
const watchEvery = 250;
/** How soon an entry of the audit log is with syslog, and how often savefiles are held against `retention`; by who supervises. */
const shipEvery: Millis = 5_000;
const retainEvery: Millis = 10 * 60_000;

/** What runs has no size in the registry: the file has it. */
function present(capture: Capture): Capture {
  if (!isOpen(capture.state)) return capture;
  return { ...capture, bytes: statSync(capture.path, { throwIfNoEntry: false })?.size ?? null };
}
