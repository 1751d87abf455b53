import { setTimeout as pause } from 'node:timers/promises';
import { type Actor, mayRole } from './analyst.ts';
import type { Millis } from './capture.ts';
import { walkChain } from './chain.ts';
import { oneAtATime } from './duties.ts';
import { CaptureError } from './errors.ts';
import type {
  ChainEnd,
  ChainStep,
  Deletion,
  Fetched,
  Retained,
  Shipping,
  VerifyOrder,
  VerifyStep,
} from './evidence.ts';
import type { ChainHead } from './orders.ts';
import { counted } from './quantities.ts';
import { ask, type Order, type Room } from './room.ts';
import type { verifySavefiles } from './verify.ts';

/** The part of the engine's door that looks after evidence once it is there: savefiles and the audit log. */
export interface Custodian {
  /**
   * Recomputes the digests of complete savefiles and holds them and their sidecars against the registry; aborting the signal ends it
   * with the signal's reason.
   * @throws CaptureError where it is read: `not_allowed`, `not_found`, `conflict` for one that is open, or was deleted
   */
  verify(order: VerifyOrder, actor: Actor, signal: AbortSignal): AsyncIterable<VerifyStep>;
  /**
  /**
   * What a person needs to take a capture's savefiles off the sensor, oldest first. It is named by its id, or by a word that it alone has of
   * those that have ended.
   * @throws CaptureError `not_allowed`, `not_found` when there is no such capture, or none of its savefiles is there any more,
   * `conflict` for one that is open, or was deleted, `bad_request` where several have the word
   */
  get(selector: string, actor: Actor): Promise<Fetched>;
  /**
   * Walks the audit log's hash chain to its end, or to the first entry that does not fit.
   * @param witnessed a head from a digest; null without one
   * @throws CaptureError where it is read: `not_allowed` unless the person may read the log
   */
  verifyAudit(witnessed: ChainHead | null, actor: Actor, signal: AbortSignal): AsyncIterable<ChainStep>;
  /** When and why retention deleted a capture's savefile; undefined where it did not. */
  deletion(id: string): Deletion | undefined;
  /** Deletes what the configuration's `retention` lets go; one pass, never two at a time. `supervise` does it every few minutes. */
  retain(): Promise<Retained>;
  /** Hands waiting entries of the audit log over to syslog; never throws for a syslog that is not there. `supervise` does it every few seconds. */
  shipAudit(): Promise<Shipping>;
  /** How the audit log stands with syslog. */
  shipping(): Shipping;
}

/** What the engine does of its own before it closes. */
export interface Closing {
  /** Ends what is under way, once syslog had a moment to take what waits. */
  leave(): Promise<void>;
}

/** A shell waits no longer for syslog; what waits then is handed over by whoever is next. */
const moment: Millis = 100;
/** Where nothing was handed over for so long, nobody else does it: then we wait for a slow syslog, too. */
const longAgo: Millis = 60_000;
const patience: Millis = 1_000;

export function openCustodian(room: Room): Custodian & Closing {
  const ending = new AbortController();
  const ship = oneAtATime(async () => (await import('./syslog.ts')).shipAudit(room, ending.signal));
  const retain = oneAtATime(async () => (await import('./retention.ts')).retainSavefiles(room, ending.signal));
  return {
    verify: async function* (order, actor, signal) {
      const asked = await ask(room, 'verify', actor);
      yield* settledBy(asked, verification(room, order, { actor, asked, signal }));
    },
    get: async (selector, actor) => {
      const asked = await ask(room, 'get', actor);
      try {
        const [{ fetched }, { idSelected }] = await Promise.all([import('./takeaway.ts'), import('./selecting.ts')]);
        const { savefiles, vanished } = await fetched(room, await idSelected(room, selector, 'ended'), actor);
        const gone = vanished.map(({ savefile }) => `${savefile} is gone`);
        const told = [...savefiles.map(({ held }) => held.savefile), ...gone].join(', ');
        await room.patiently(() => asked.settle('done', savefiles[0]?.held.capture ?? null, told));
        return { savefiles, vanished };
      } catch (error) {
        await asked.fail(error);
        throw error;
      }
    },
    verifyAudit: async function* (witnessed, actor, signal) {
      const asked = await ask(room, 'audit verify', actor);
      yield* settledBy(asked, verifyChain(room, witnessed, { actor, asked, signal }));
    },
    deletion: (id) => room.holdings.deletion(id),
    retain: retain.now,
    shipAudit: ship.now,
    shipping: room.outbox.shipping,
    leave: async () => {
      const { since, waiting } = room.outbox.shipping();
      if (room.config.syslog !== null && waiting > 0) {
        await Promise.race([ship.now(), pause(since !== null && room.now() - since > longAgo ? patience : moment)]);
      }
      ending.abort();
      await Promise.allSettled([ship.under(), retain.under()]);
    },
  };
}

async function* verification(...order: Parameters<typeof verifySavefiles>): ReturnType<typeof verifySavefiles> {
  const { verifySavefiles } = await import('./verify.ts');
  yield* verifySavefiles(...order);
}

async function* verifyChain(
  room: Room,
  witnessed: ChainHead | null,
  { actor, asked, signal }: { readonly actor: Actor; readonly asked: Order; readonly signal: AbortSignal },
): AsyncGenerator<ChainStep, void, undefined> {
  if (!mayRole.readAudit(actor.analyst)) throw new CaptureError('not_allowed', 'the audit log is for leads: ask one');
  for await (const step of walkChain(room.database, witnessed, signal)) {
    if (step.step === 'ended') await room.patiently(() => asked.settle('done', null, chainInWords(step)));
    yield step;
  }
}

function chainInWords({ entries, head, broken, unguarded }: ChainEnd): string {
  const gone = unguarded.length === 0 ? '' : `; without its triggers ${unguarded.join(', ')}`;
  if (broken === null)
    return `${counted(entries, 'entry holds', 'entries hold')}, head ${head.seq}:${head.hash}${gone}`;
  return `entry ${broken.seq} is broken, ${broken.fault}: ${broken.detail}${gone}`;
}

/** Settles an order whose steps end in an error, or are not read to their end. */
async function* settledBy<Step>(asked: Order, steps: AsyncIterable<Step>): AsyncGenerator<Step, void, undefined> {
  try {
    yield* steps;
  } catch (error) {
    await asked.fail(error);
    throw error;
  } finally {
    await asked.fail(new Error('it was broken off'));
  }
}
