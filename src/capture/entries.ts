import type Database from 'better-sqlite3';
import type { Origin } from './analyst.ts';
import type { Millis } from './capture.ts';
import type { AuditRow } from './chain.ts';
import { CaptureError } from './errors.ts';
import type { AuditEntry, AuditQuery } from './orders.ts';

/** The audit log as it is read; who writes it is `openAudit`. */
export interface Entries {
  /** Entries that match, oldest first: what a page of the log has of them, which may be none; none keeps the process from other work for long. */
  pages(query: AuditQuery): Generator<AuditEntry[], void, undefined>;
  /**
   * Entries written from `from` to before `to`, by time, page by page; found without a walk through the whole log. One that somebody
   * damaged is left out: the chain tells of it.
   */
  between(from: Millis, to: Millis): Generator<AuditEntry[], void, undefined>;
}

/** Which entries a query wants, whatever number of them. */
interface Wanted {
  readonly analyst: string | null;
  readonly since: Millis;
  readonly until: Millis;
}

/** Entries of one look: some 5 ms. */
const pageSize = 1_000;

/** All SQL that reads entries of the audit log for people and reports. */
export function openEntries(database: Database.Database): Entries {
  const newest = database.prepare<[], number | null>('SELECT max(seq) FROM audit').pluck();
  const lastOfPage = database
    .prepare<[number], number | null>(
      `SELECT max(seq) FROM (SELECT seq FROM audit WHERE seq > ? ORDER BY seq LIMIT ${pageSize})`,
    )
    .pluck();
  const firstOfPage = database
    .prepare<[number], number | null>(
      `SELECT min(seq) FROM (SELECT seq FROM audit WHERE seq <= ? ORDER BY seq DESC LIMIT ${pageSize})`,
    )
    .pluck();
  const select = database.prepare<[Wanted & { from: number; upTo: number }], AuditRow>(`
    SELECT * FROM audit NOT INDEXED WHERE seq BETWEEN :from AND :upTo AND at >= :since AND at < :until
      AND (:analyst IS NULL OR analyst = :analyst OR acting_for = :analyst) ORDER BY seq`);
  const between = database.prepare<[{ at: Millis; seq: number; to: Millis }], AuditRow>(
    `SELECT * FROM audit WHERE (at, seq) > (:at, :seq) AND at < :to ORDER BY at, seq LIMIT ${pageSize}`,
  );

  /** From the newest back until there are enough, then those, oldest first. */
  function* newestPages(end: number, last: number, wanted: Wanted): Generator<AuditEntry[], void, undefined> {
    const found: AuditEntry[][] = [];
    let missing = last;
    for (let upTo = end; missing > 0; ) {
      const from = firstOfPage.get(upTo) ?? null;
      if (from === null) break;
      const page = select
        .all({ ...wanted, from, upTo })
        .slice(-missing)
        .map(entryOf);
      found.push(page);
      missing -= page.length;
      upTo = from - 1;
      yield [];
    }
    yield* found.reverse();
  }

  return {
    pages: function* ({ analyst, since, until, last }) {
      const wanted = { analyst: analyst ?? null, since: since ?? 0, until: until ?? Number.MAX_SAFE_INTEGER };
      const end = newest.get() ?? 0;
      if (last !== undefined) return yield* newestPages(end, last, wanted);
      for (let behind = Number.MIN_SAFE_INTEGER; behind < end; ) {
        const upTo = Math.min(lastOfPage.get(behind) ?? end, end);
        yield select.all({ ...wanted, from: behind + 1, upTo }).map(entryOf);
        behind = upTo;
      }
    },
    between: function* (from, to) {
      for (let behind = { at: from - 1, seq: Number.MAX_SAFE_INTEGER }; ; ) {
        const page = between.all({ ...behind, to });
        const last = page.at(-1);
        if (last === undefined) return;
        yield page.flatMap(undamaged);
        behind = { at: last.at, seq: last.seq };
      }
    },
  };
}

function undamaged(row: AuditRow): AuditEntry[] {
  try {
    return [entryOf(row)];
  } catch {
    return [];
  }
}

function entryOf(row: AuditRow): AuditEntry {
  const { seq, at, outcome, settles, verb, analyst, words, capture, detail, hash } = row;
  return {
    seq,
    at,
    outcome,
    settles,
    verb,
    analyst,
    actingFor: row.acting_for,
    origin: originOf(row),
    words,
    capture,
    detail,
    hash,
  };
}

/** Where an entry came from. @throws CaptureError `tool_failed` when somebody has changed the entry into what we never write */
export function originOf({ seq, origin }: AuditRow): Origin {
  try {
    return JSON.parse(origin) as Origin;
  } catch (cause) {
    throw new CaptureError('tool_failed', `audit entry ${seq} is damaged: see what is wrong with "audit verify"`, {
      cause,
    });
  }
}
