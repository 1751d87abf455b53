import type Database from 'better-sqlite3';
import type { CaptureId, Counts, EarlierSavefile, Millis } from './capture.ts';
import { isAlive } from './process.ts';
import type { Deadline } from './record.ts';
import { numberOf } from './row.ts';
import { unsynced } from './unsynced.ts';

/** The owner of a capture that waits to be started again: no process, so that any may take it over. */
const nobody = '';
/** A holder that has not renewed its lease for so long hangs, and another takes over. */
const leaseTime: Millis = 15_000;

/** All SQL of supervision: who holds the lease, what limits and counts running captures have, further savefiles, VLAN tags seen. */
export interface Supervision {
  /** The process that looks after running captures, and when it last said so, in uptime. */
  lease(): Lease | undefined;
  /** Takes the lease from the holder that was seen, or where there is none; false when somebody was faster. */
  takeLease(seen: Lease | undefined, holder: string, uptime: Millis): boolean;
  /** Gives the lease back unless something still runs. */
  releaseWhenIdle(holder: string): boolean;
  /** Gives the lease back whatever runs: somebody else may take it at once. */
  releaseLease(holder: string): void;
  deadline(id: CaptureId): Deadline | null;
  /**
   * Moves the deadline of a capture that runs or waits by so many milliseconds, and returns it; the question before it may be asked again.
   * Undefined, and nothing moved, where it has ended, has no deadline, would run longer than `longest` from its start, or has another
   * deadline than was `seen`.
   */
  extendDeadline(id: CaptureId, by: Millis, longest: Millis, seen?: Millis): Millis | undefined;
  /** Notes that somebody was asked before this deadline; false when it was noted already. */
  markAsked(id: CaptureId, deadline: Millis): boolean;
  markKept(id: CaptureId): boolean;
  /** Counts of a running capture, as tcpdump says them on SIGUSR1. */
  noteCounts(id: CaptureId, counts: Counts): void;
  /** Claims for this process that a running capture, whose tcpdump was of an earlier boot, starts again: its savefile ended then. */
  claimFurther(id: CaptureId, tcpdump: string, at: Millis): boolean;
  /** Has a capture that this process could not start again wait for whoever tries next. */
  wait(id: CaptureId, why: string): boolean;
  /** Whether it waits, in nobody's care. */
  isWaiting(id: CaptureId): boolean;
  /** Puts the savefile so far among the earlier ones and starts a further one; false where this process has not claimed that. */
  beginFurther(id: CaptureId, earlier: EarlierSavefile, savefile: string): boolean;
  noteTagged(interfaceName: string, at: Millis): void;
  taggedAt(interfaceName: string): Millis | null;
}

export interface Lease {
  readonly holder: string;
  readonly renewedAt: Millis;
}

/** Whether the holder of a lease is alive and well. @param uptime milliseconds since boot */
export function isHeld(lease: Lease | undefined, uptime: Millis): lease is Lease {
  return lease !== undefined && isAlive(lease.holder) && uptime - lease.renewedAt < leaseTime;
}

export function openSupervision(database: Database.Database, process: string): Supervision {
  const lease = database.prepare<[], Lease>('SELECT holder, renewed_at AS renewedAt FROM lease');
  const insertLease = database.prepare('INSERT INTO lease VALUES (1, ?, ?) ON CONFLICT DO NOTHING');
  const replaceLease = database.prepare(
    'UPDATE lease SET holder = ?, renewed_at = ? WHERE holder = ? AND renewed_at = ?',
  );
  const releaseLease = database.prepare('DELETE FROM lease WHERE holder = ?');
  const releaseWhenIdle = database.prepare(`
    DELETE FROM lease WHERE holder = ?
      AND NOT EXISTS (SELECT 1 FROM captures WHERE state IN ('starting', 'running', 'stopping') AND kind = 'live')
      AND NOT EXISTS (SELECT 1 FROM joins WHERE state <> 'ended')`);
  const deadline = database.prepare<[number], { at: Millis | null; uptime: Millis | null; boot: string | null }>(
    'SELECT deadline AS at, deadline_uptime AS uptime, boot FROM captures WHERE number = ?',
  );
  const extendDeadline = database.prepare<[Record<string, unknown>], { at: Millis }>(`
    UPDATE captures SET deadline = deadline + :by, deadline_uptime = deadline_uptime + :by, asked_for = NULL
    WHERE number = :number AND state IN ('starting', 'running') AND deadline + :by - started_at <= :longest AND (:seen IS NULL OR deadline = :seen)
    RETURNING deadline AS at`);
  const markAsked = database.prepare(`
    UPDATE captures SET asked_for = :at WHERE number = :number AND state = 'running' AND deadline = :at AND asked_for IS NOT :at`);
  const markKept = database.prepare(`
    UPDATE captures SET keep = 1 WHERE number = ? AND kind = 'live' AND state IN ('starting', 'running')`);
  const noteCounts = database.prepare(
    `UPDATE captures SET counts = :counts WHERE number = :number AND state = 'running' AND counts IS NOT :counts`,
  );
  const addEarlier = database.prepare(`
    INSERT INTO earlier (capture, savefile, ended_at, why, bytes, packets, counts, facts, sha256)
    VALUES (:number, :savefile, :endedAt, :why, :bytes, :packets, :counts, :facts, :sha256)`);
  const beginFurther = database.prepare(`
    UPDATE captures SET savefile = :savefile, file = :savefile, tcpdump = NULL, counts = NULL, ending_at = NULL
    WHERE number = :number AND state = 'starting' AND owner = :owner`);
  const claimFurther = database.prepare(`
    UPDATE captures SET state = 'starting', ending_at = :at, owner = :owner
    WHERE number = :number AND state = 'running' AND tcpdump = :tcpdump`);
  const wait = database.prepare(`
    UPDATE captures SET owner = '${nobody}', tcpdump = NULL, why = :why
    WHERE number = :number AND state = 'starting' AND owner = :owner`);
  const waiting = database.prepare<[number], unknown>(
    `SELECT 1 FROM captures WHERE number = ? AND state = 'starting' AND owner = '${nobody}'`,
  );
  const noteTagged = database.prepare(
    'INSERT INTO tagged VALUES (?, ?) ON CONFLICT DO UPDATE SET seen_at = excluded.seen_at',
  );
  const tagged = database.prepare<[string], { at: Millis }>('SELECT seen_at AS at FROM tagged WHERE interface = ?');

  return {
    lease: () => lease.get(),
    // Of an earlier boot it says nothing: no reason to wait for the disk each second.
    takeLease: (seen, holder, uptime) =>
      unsynced(database, () =>
        seen === undefined
          ? insertLease.run(holder, uptime)
          : replaceLease.run(holder, uptime, seen.holder, seen.renewedAt),
      ).changes > 0,
    releaseWhenIdle: (holder) => releaseWhenIdle.run(holder).changes > 0,
    releaseLease: (holder) => void releaseLease.run(holder),
    deadline: (id) => {
      const { at, uptime, boot } = deadline.get(numberOf(id)) ?? { at: null, uptime: null, boot: null };
      return at === null || uptime === null || boot === null ? null : { at, uptime, boot };
    },
    extendDeadline: (id, by, longest, seen) =>
      extendDeadline.get({ by, longest, seen: seen ?? null, number: numberOf(id) })?.at,
    markAsked: (id, at) => markAsked.run({ at, number: numberOf(id) }).changes > 0,
    markKept: (id) => markKept.run(numberOf(id)).changes > 0,
    noteCounts: (id, counts) => void noteCounts.run({ counts: JSON.stringify(counts), number: numberOf(id) }),
    claimFurther: (id, tcpdump, at) =>
      claimFurther.run({ tcpdump, at, number: numberOf(id), owner: process }).changes > 0,
    wait: (id, why) => wait.run({ why, number: numberOf(id), owner: process }).changes > 0,
    isWaiting: (id) => waiting.get(numberOf(id)) !== undefined,
    beginFurther: database.transaction((id: CaptureId, earlier: EarlierSavefile, savefile: string) => {
      const began = beginFurther.run({ number: numberOf(id), savefile, owner: process }).changes > 0;
      const { counts, facts, ...columns } = earlier;
      const json = { counts: counts && JSON.stringify(counts), facts: facts && JSON.stringify(facts) };
      if (began) addEarlier.run({ ...columns, ...json, number: numberOf(id) });
      return began;
    }),
    noteTagged: (interfaceName, at) => void noteTagged.run(interfaceName, at),
    taggedAt: (interfaceName) => tagged.get(interfaceName)?.at ?? null,
  };
}
