import type Database from 'better-sqlite3';
import type { Config } from '../config.ts';
import type { Actor } from './analyst.ts';
import type { Audit } from './audit.ts';
import type { Capture, CaptureId, Millis } from './capture.ts';
import type { Place } from './custody.ts';
import { CaptureError } from './errors.ts';
import type { Holdings } from './holdings.ts';
import type { Held, InHandId } from './inhand.ts';
import type { Joins } from './joins.ts';
import type { OnDisk } from './ondisk.ts';
import type { Outbox } from './outbox.ts';
import type { Pins } from './pins.ts';
import { isAlive, type ProcessToken } from './process.ts';
import type { NewCapture } from './record.ts';
import type { Registry } from './registry.ts';
import type { Requests } from './requests.ts';
import type { Supervision } from './supervision.ts';
import { turn } from './turns.ts';
import { unsynced } from './unsynced.ts';

/** What the engine's rooms work with: opened once, passed down. */
export interface Room {
  readonly config: Config;
  readonly place: Place;
  readonly log: Log;
  readonly now: () => Millis;
  /** Milliseconds since boot: nobody sets this clock. */
  readonly uptime: () => Millis;
  readonly database: Database.Database;
  /**
   * Writes once no other process has the registry locked, for which orders wait 5 s and the event loop does not. One statement or one
   * transaction: it is begun again where it found it locked.
   */
  readonly patiently: <Result>(write: () => Result, within?: Millis) => Promise<Result>;
  readonly registry: Registry;
  readonly supervision: Supervision;
  readonly holdings: Holdings;
  readonly outbox: Outbox;
  readonly pins: Pins;
  readonly joins: Joins;
  readonly requests: Requests;
  readonly audit: Audit;
  /** Resolves once all that was written into the registry is on the disk. */
  readonly onDisk: OnDisk;
  /** This process, as owner of what it starts. */
  readonly self: ProcessToken;
  /** Sees to it that somebody looks after running captures when we are gone. */
  readonly leaveSupervisor: () => Promise<void>;
  /** What this process starts, searches or ends at the moment. */
  readonly inHand: Held;
  /** Outcomes of this process's orders that the audit log did not take, locked or on a full disk as it was: written at the next look. */
  readonly owed: (() => void)[];
  /** When, in uptime, this process tries again to start a capture that is kept and could not be. */
  readonly retryAt: Map<CaptureId, Millis>;
}

/** Where the engine says what no order is told of; pino's Logger is one. */
export interface Log {
  info(about: object, words: string): void;
  warn(about: object, words: string): void;
  error(about: object, words: string): void;
}

/** Does something with one of them that nobody else in this process does meanwhile. */
export async function inHand<Result>(room: Room, id: InHandId, act: () => Promise<Result>): Promise<Result> {
  room.inHand.add(id);
  return thenLetGo(room, id, act);
}

/** The same with what this process has in hand already. */
export async function thenLetGo<Result>(room: Room, id: InHandId, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } finally {
    room.inHand.delete(id);
  }
}

/** Takes an open capture over whose owner is gone, or has dropped it, and takes care of it; false when somebody else does. */
export async function takeOver(room: Room, id: CaptureId, act: () => Promise<void>): Promise<boolean> {
  if (isCaredFor(room, id)) return false;
  const { owner } = room.registry.processes(id);
  // In hand before it is ours: whoever looks between the two leaves it to us.
  return inHand(room, id, async () => {
    const isOurs = owner === room.self || (await room.patiently(() => room.registry.takeOver(id, owner)));
    if (isOurs) await act();
    return isOurs;
  });
}

/** Whether the owner of an open capture is there, and has not dropped it. */
export function isCaredFor(room: Room, id: CaptureId): boolean {
  const { owner } = room.registry.processes(id);
  return owner === room.self ? room.inHand.has(id) : isAlive(owner);
}

/** Writes something new, and has it in hand before anybody can see it in nobody's; undefined where there is nothing to write. */
export function addInHand<New extends { readonly id: InHandId } | undefined>(room: Room, add: () => New): Promise<New> {
  return room.patiently(() => {
    const added = add();
    if (added !== undefined) room.inHand.add(added.id);
    return added;
  });
}

/**
 * Writes a new capture into the registry, under a savefile's name that neither a file nor another capture has; it is in hand then.
 * @param allow throws when there may be no further one, in the same transaction
 * @throws CaptureError `no_room` when the captures directory cannot be looked into or written to
 */
export async function addCapture(
  room: Room,
  capture: Omit<NewCapture, 'savefile' | 'file'>,
  allow: () => void = () => undefined,
): Promise<Capture> {
  const { freeName, namesIn } = await import('./custody.ts');
  const present = await namesIn(room.place);
  // Immediate: of two orders with the same words in the same second, only one may find the name free.
  const add = room.database.transaction(() => {
    allow();
    const savefile = freeName(capture, (name) => present.has(name) || room.registry.isNameTaken(name));
    return room.registry.add({ ...capture, savefile, file: savefile });
  });
  return addInHand(room, add.immediate);
}

/** Writes what the engine saw or did of itself. */
export function observe(
  room: Room,
  capture: { readonly id: InHandId; readonly analyst: string },
  verb: string,
  detail: string,
): void {
  room.audit.note({
    outcome: 'noted',
    verb,
    analyst: null,
    actingFor: capture.analyst,
    origin: { door: 'engine' },
    words: '',
    capture: capture.id,
    detail,
  });
}

/** Writes to the audit log that somebody looked; resolves once that is on the disk, which a look alone need not keep everybody else waiting for. */
export async function noteLook(
  { database, patiently, audit, onDisk }: Room,
  look: {
    readonly verb: string;
    readonly actor: Actor;
    readonly capture: string | null;
    readonly outcome: 'done' | 'invalid';
  },
): Promise<void> {
  const { actor, ...more } = look;
  const { analyst, origin, words } = actor;
  const note = { ...more, analyst: analyst.name, actingFor: null, origin, words };
  await patiently(() => unsynced(database, () => audit.note(note)));
  await onDisk();
  // All who waited for the disk are woken at once.
  await turn();
}

/** An order in the audit log: settle it in the transaction that changes the state. Only the first settling counts. */
export interface Order {
  settle(outcome: 'done' | 'failed', capture: string | null, detail: string | null): void;
  /**
   * Settles it with what was thrown, now or at the next look; what keeps the audit log from taking it hides nothing of that, so it never rejects.
   * @param alongside what belongs into the same transaction
   */
  fail(error: unknown, alongside?: () => void): Promise<void>;
}

/** Writes to the audit log that something was asked: no entry, no act. */
export async function ask(room: Room, verb: string, actor: Actor, named?: string): Promise<Order> {
  const asked = await room.patiently(() => room.audit.ask(verb, actor, actingFor(actor, named)));
  let isOwed = false;
  // By the log: what was settled in a transaction that was taken back is open again.
  const settle = (
    outcome: 'done' | 'refused' | 'invalid' | 'failed',
    capture: string | null,
    detail: string | null,
  ) => {
    if (room.audit.isUnsettled(asked)) room.audit.settle(asked, outcome, capture, detail);
  };
  return {
    settle: (outcome, capture, detail) => {
      if (!isOwed) settle(outcome, capture, detail);
    },
    fail: async (error, alongside) => {
      if (isOwed) return;
      const write = room.database.transaction(() => {
        settle(outcomeOf(error), null, error instanceof Error ? error.message : String(error));
        alongside?.();
      }).immediate;
      try {
        await room.patiently(write);
      } catch (trouble) {
        room.log.error({ verb, error: trouble }, 'outcome not written, next try follows');
        isOwed = true;
        room.owed.push(write);
      }
    },
  };
}

function outcomeOf(error: unknown): 'refused' | 'invalid' | 'failed' {
  if (!(error instanceof CaptureError)) return 'failed';
  if (error.byLimit) return 'refused';
  switch (error.code) {
    case 'not_allowed':
      return 'refused';
    case 'bad_request':
    case 'bad_expression':
    case 'not_found':
    case 'conflict':
      return 'invalid';
    case 'no_room':
    case 'tool_failed':
      return 'failed';
    default:
      return error.code satisfies never;
  }
}

/** Whose capture an order makes, where that is somebody other than the person who gives it. */
function actingFor(actor: Actor, named: string | undefined): string | null {
  return named === undefined || named === actor.analyst.name ? null : named;
}
