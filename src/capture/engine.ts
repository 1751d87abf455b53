import { statSync } from 'node:fs';
import { setImmediate as otherWork, setTimeout as pause } from 'node:timers/promises';
import { isPassing, registryTrouble } from '../database.ts';
import { type Actor, mayRole } from './analyst.ts';
import { openApproving } from './approving.ts';
import { type Capture, isOf, isOpen, type Millis, mayStop } from './capture.ts';
import { openCustodian } from './custodian.ts';
import type { Engine } from './door.ts';
import { whenDue } from './duties.ts';
import { CaptureError } from './errors.ts';
import type { Measured } from './evidence.ts';
import type { JoinNumber } from './joins.ts';
import { slackUserNamed, whoIs } from './membership.ts';
import { type EngineParts, openRoom } from './opening.ts';
import { openPinning } from './pinning.ts';
import { isAlive } from './process.ts';
import { reconcileAll } from './reconcile.ts';
import { ask, noteLook, type Order, type Room } from './room.ts';
import { wordedAs } from './wording.ts';

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
  const { leave: leavePins, ...pinning } = openPinning(room);

  const look = (verb: string, actor: Actor, capture: string | null, outcome: 'done' | 'invalid' = 'done') =>
    noteLook(room, { verb, actor, capture, outcome });
  const refused: Engine['refused'] = ({ verb, analyst, origin, words }, why) => {
    audit.note({ outcome: 'refused', verb, analyst, actingFor: null, origin, words, detail: why });
  };
  const refuse: Engine['refuse'] = async (attempt, why) => {
    await room.patiently(() => refused(attempt, why));
    throw new CaptureError('not_allowed', why);
  };
  const closing = new AbortController();
  const reconcile = () => reconcileAll(room);
  let joiner: { look(): void; leave(): Promise<void> } | undefined;
  const join = async () => {
    if (room.joins.pending().length === 0) return;
    joiner ??= (await import('./joined.ts')).openJoiner(room);
    joiner.look();
  };
  let sense: Engine['health'] | undefined;
  let indexing: ((signal: AbortSignal) => Promise<void>) | undefined;
  let measures: (() => Promise<Measured>) | undefined;
  const duties = [
    whenDue(room, shipEvery, custodian.shipAudit),
    whenDue(room, retainEvery, custodian.retain),
    whenDue(room, indexEvery, async () => {
      indexing ??= (await import('./past/indexing.ts')).openIndexing(room);
      await indexing(closing.signal);
    }),
    whenDue(room, tendEvery, pinning.tendPins),
  ];
  const carryOut = async <Result>(order: Order, act: () => Promise<Result>): Promise<Result> => {
    try {
      return await act();
    } catch (error) {
      await order.fail(error);
      throw error;
    }
  };

  return {
    identify: async (origin, verb, words, membership) => {
      const known = await room.patiently(() => whoIs(room, origin, membership));
      return 'why' in known ? refuse({ verb, analyst: known.before, origin, words }, known.why) : { ...known, words };
    },
    whoIs: (origin, membership) => whoIs(room, origin, membership),
    slackUserNamed: (name) => slackUserNamed(room, name),
    process: () => room.self,
    isRunning: isAlive,
    refuse,
    refused,
    start: async (order, actor) => {
      const asked = await ask(room, 'start', actor, order.analyst);
      return carryOut(asked, async () => (await import('./live/start.ts')).startLive(room, order, actor, asked));
    },
    preflight: async (asked, actor) =>
      asked.order.confirmed ? null : (await import('./asking.ts')).askFirst(room, asked, actor),
    search: async function* (order, actor, signal) {
      const { searchRing } = await import('./past/search.ts');
      const steps = (partOf?: JoinNumber) => searchRing(room, { ...order, partOf }, { actor, signal, joint: null });
      yield* order.join === true ? (await import('./joined.ts')).withJoin(room, steps, signal) : steps();
    },
    both: async function* (order, actor, signal) {
      const { startBoth } = await import('./both.ts');
      const steps = async function* (partOf?: JoinNumber) {
        const asked = await ask(room, 'both', actor, order.analyst);
        yield* startBoth(room, { ...order, partOf }, actor, { asked, signal });
      };
      yield* order.join === true ? (await import('./joined.ts')).withJoin(room, steps, signal) : steps();
    },
    index: async function* (order, actor, signal) {
      const asked = await ask(room, 'index', actor);
      const { indexAsked } = await import('./past/indexing.ts');
      try {
        yield* indexAsked(room, order, { actor, asked, signal });
      } catch (error) {
        await asked.fail(error);
        throw error;
      } finally {
        await room.patiently(() => asked.settle('done', null, 'ended before it was through'));
      }
    },
    list: async (selection, actor) => {
      await look('list', actor, null);
      await reconcile();
      const { selector, all } = selection;
      const listed: Capture[] = [];
      if (!all) listed.push(...registry.openMatching(selector).map(present));
      else {
        for (const page of registry.pages(selector)) {
          listed.push(...page.map(present));
          await otherWork();
        }
      }
      // That a word matches nothing is an answer; an id that was never given is a mistake.
      if (listed.length === 0 && selector !== undefined && /^c\d+$/.test(selector) && !registry.byId(selector))
        noCapture(selector);
      return listed;
    },
    show: async (selector, actor) => {
      await reconcile();
      const { idSelected } = await import('./selecting.ts');
      const id = await idSelected(room, selector, 'all').catch(async (error: unknown) => {
        await look('show', actor, null, 'invalid');
        throw error;
      });
      const capture = registry.byId(id);
      await look('show', actor, capture?.id ?? null, capture === undefined ? 'invalid' : 'done');
      return present(capture ?? noCapture(id));
    },
    coverage: registry.coverage,
    hosts: registry.hosts,
    stop: async (which, actor, seen) => {
      const asked = await ask(room, 'stop', actor);
      return carryOut(asked, async () => {
        await reconcile();
        return (await import('./stop.ts')).stop(room, { which, seen }, actor, asked);
      });
    },
    stoppable: (selector, actor) =>
      registry
        .openMatching(selector ?? undefined)
        .flatMap((capture) => (mayStop(actor.analyst, capture) ? [present(capture)] : [])),
    audit: async function* (query, actor) {
      if (!mayRole.readAudit(actor.analyst)) {
        await refuse({ ...actor, verb: 'audit', analyst: actor.analyst.name }, 'the audit log is for leads: ask one');
      }
      await look('audit', actor, null);
      for (const page of audit.pages(query)) {
        if (page.length > 0) yield page;
        await otherWork();
      }
    },
    extend: async (selector, by, actor, seen) => {
      const asked = await ask(room, 'extend', actor);
      return carryOut(asked, async () =>
        (await import('./extend.ts')).extend(room, { id: await runningOne(room, selector), by, seen }, actor, asked),
      );
    },
    keep: async (selector, actor) => {
      const asked = await ask(room, 'keep', actor);
      return carryOut(asked, async () =>
        (await import('./extend.ts')).keep(room, await runningOne(room, selector), actor, asked),
      );
    },
    peek: (id) => {
      const capture = registry.byId(id);
      return capture && present(capture);
    },
    standing: (of, ended) => ({
      open: registry
        .open()
        .filter((capture) => of === null || isOf(capture, of))
        .map(present),
      ended: registry.lastEnded(of, ended),
      version: registry.version(),
    }),
    health: async () => {
      sense ??= (await import('./sensing.ts')).openSensing(room, present, closing.signal);
      return sense();
    },
    day: async (from, to) => {
      const { dayOf } = await import('./day.ts');
      const day = await dayOf(room, from, to, closing.signal);
      // A head that somebody has seen must not be gone after a power cut.
      await room.onDisk();
      return { ...day, captures: day.captures.map(present), pinned: pinning.pinboard() };
    },
    head: audit.head,
    aftermath: async (order) => {
      await reconcile();
      return (await import('./aftermath.ts')).aftermathOf(room, order);
    },
    measure: async () => {
      measures ??= (await import('./measures.ts')).openMeasures(room);
      return measures();
    },
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
      const look = async (inCharge: boolean) => {
        if (inCharge) for (const duty of duties) duty();
        await reconcile();
        if (inCharge) await join();
      };
      for (;;) {
        try {
          return await supervise(room, look, untilIdle, signal);
        } catch (error) {
          // A damaged registry must be let go of: it is made anew while nobody has it open.
          if (!isPassing(error)) throw error;
          if (signal.aborted) return;
          room.log.warn(
            { error: registryTrouble(error, config.state) },
            'the registry is not at hand, next try follows',
          );
          await pause(superviseAgain, undefined, { signal }).catch(() => undefined);
        }
      }
    },
    ...custodian,
    ...pinning,
    ...openApproving(room, reconcile),
    close: async () => {
      closing.abort(new Error('the engine was closed meanwhile'));
      await Promise.all([leave(), leavePins(), joiner?.leave()]);
      await room.onDisk.close();
      database.close();
    },
  };
}

/** Milliseconds between two looks at what changed. */
const watchEvery = 250;
/** Milliseconds until a registry that was locked, or whose disk was full, is tried again. */
const superviseAgain = 1_000;
/**
 * How soon an entry of the audit log is with syslog, how often savefiles are held against `retention`, finished ring files indexed and pins
 * held against their time; by who supervises.
 */
const shipEvery: Millis = 5_000;
const retainEvery: Millis = 10 * 60_000;
const indexEvery: Millis = 60_000;
const tendEvery: Millis = 60_000;

async function runningOne(room: Room, selector: string): Promise<string> {
  return (await import('./selecting.ts')).idSelected(room, selector, 'running live');
}

/** @throws CaptureError `not_found`, always */
function noCapture(id: string): never {
  throw new CaptureError('not_found', `there is no capture ${id}: see what there is with "list --all"`);
}

/** What runs has no size in the registry: the file has it. */
function present(capture: Capture): Capture {
  if (!isOpen(capture.state)) return capture;
  return { ...capture, bytes: statSync(capture.path, { throwIfNoEntry: false })?.size ?? null };
}
