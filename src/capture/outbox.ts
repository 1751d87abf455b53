import type Database from 'better-sqlite3';
import type { AuditRow } from './chain.ts';
import type { Shipping } from './evidence.ts';
import { isAlive } from './process.ts';

/** All SQL for handing the audit log over to syslog: which entries wait, and who hands over. */
export interface Outbox {
  /** Claims the handing over for this process; false while another one does it. */
  claim(): boolean;
  /** The oldest entries that wait, at most so many. */
  waiting(most: number): AuditRow[];
  /** Notes that every entry up to this one was handed over; the claim goes on. */
  shipped(seq: number): void;
  /** Gives the claim back, with why the last attempt failed. */
  release(trouble: string | null): void;
  shipping(): Shipping;
}

interface SyslogRow {
  readonly shipped: number;
  readonly claimed_by: string | null;
  readonly trouble: string | null;
}

/** @param process this process, as the one that hands over */
export function openOutbox(database: Database.Database, process: string): Outbox {
  const state = database.prepare<[], SyslogRow>('SELECT shipped, claimed_by, trouble FROM syslog');
  const known = (): SyslogRow => state.get() ?? { shipped: 0, claimed_by: null, trouble: null };
  const claim = database.prepare('UPDATE syslog SET claimed_by = ?');
  const next = database.prepare<[number, number], AuditRow>('SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT ?');
  const shipped = database.prepare('UPDATE syslog SET shipped = max(shipped, ?) WHERE claimed_by = ?');
  const release = database.prepare('UPDATE syslog SET claimed_by = NULL, trouble = ? WHERE claimed_by = ?');
  const newest = database.prepare<[], number>('SELECT coalesce(max(seq), 0) FROM audit').pluck();

  return {
    claim: database.transaction(() => {
      const { claimed_by: holder } = known();
      if (holder !== null && holder !== process && isAlive(holder)) return false;
      claim.run(process);
      return true;
    }).immediate,
    waiting: (most) => next.all(known().shipped, most),
    shipped: (seq) => void shipped.run(seq, process),
    release: (trouble) => void release.run(trouble, process),
    shipping: () => {
      const { shipped: upTo, trouble } = known();
      const [oldest] = next.all(upTo, 1);
      // Entries have numbers without a gap.
      return { shipped: upTo, waiting: Math.max(0, (newest.get() ?? 0) - upTo), since: oldest?.at ?? null, trouble };
    },
  };
}
