import { createHash } from 'node:crypto';
import { setImmediate as otherWork } from 'node:timers/promises';
import Database from 'better-sqlite3';
import type { Millis } from './capture.ts';
import type { BrokenEntry, ChainStep } from './evidence.ts';
import type { AuditOutcome, ChainHead } from './orders.ts';

/** An entry of the audit log as the table has it (schema/001-captures.sql); the order of the keys is part of the hash. */
export interface AuditRow {
  seq: number;
  at: Millis;
  outcome: AuditOutcome;
  settles: number | null;
  verb: string;
  analyst: string | null;
  acting_for: string | null;
  origin: string;
  words: string;
  capture: string | null;
  detail: string | null;
  process: string;
  previous: string;
  hash: string;
}

/** What the first entry carries as the hash of the one before. */
export const beginning: ChainHead = { seq: 0, hash: '0'.repeat(64) };

/** Some 2 ms of hashing, and 10 where the machine is busy: nothing else in the process waits longer. */
const entriesAtOnce = 200;

/** SHA-256, in hexadecimal, over the JSON array of the entry's columns in the table's order. */
export function hashOf(fields: Omit<AuditRow, 'hash'>): string {
  return createHash('sha256')
    .update(JSON.stringify(Object.values(fields)))
    .digest('hex');
}

/**
 * Walks the audit log's hash chain from the first entry to the last, or to the first that does not fit; entries that are appended
 * meanwhile are walked, too.
 * @param before the entry to begin behind, whose hash is believed
 * @param witnessed a head that somebody kept elsewhere, as a digest in Slack: without one, nobody can see that the last entries are
 * gone, or that the whole log was written anew
 */
export async function* walkChain(
  database: Database.Database,
  witnessed: ChainHead | null,
  signal: AbortSignal,
  before: ChainHead = beginning,
): AsyncGenerator<ChainStep, void, undefined> {
  const after = database.prepare<[number, number], AuditRow>('SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT ?');
  const last = Number(database.prepare('SELECT coalesce(max(seq), 0) FROM audit').pluck().get());
  let head = before;
  let entries = 0;
  let atOnce = entriesAtOnce;
  let broken: BrokenEntry | null = null;
  // Below 1 there is nothing but what somebody put there.
  let from = before === beginning ? Number.MIN_SAFE_INTEGER : before.seq;
  while (broken === null) {
    signal.throwIfAborted();
    const rows = readable(() => after.all(from, atOnce), head.seq + 1);
    if (!Array.isArray(rows)) {
      // One by one to the entry that cannot be read.
      if (atOnce === 1) broken = rows;
      atOnce = 1;
      continue;
    }
    if (rows.length === 0) break;
    for (const row of rows) {
      broken = faultOf(row, head, witnessed);
      if (broken !== null) break;
      head = { seq: row.seq, hash: row.hash };
      entries += 1;
    }
    from = head.seq;
    yield { step: 'reached', entries, last };
    await otherWork();
  }
  yield {
    step: 'ended',
    entries,
    head,
    broken: broken ?? missingAtTheEnd(head, witnessed),
    unguarded: unguarded(database),
  };
}

function faultOf(row: AuditRow, before: ChainHead, witnessed: ChainHead | null): BrokenEntry | null {
  const { hash, ...fields } = row;
  const expected = before.seq + 1;
  if (row.seq > expected) {
    const gone = row.seq === expected + 1 ? `entry ${expected} is` : `entries ${expected} to ${row.seq - 1} are`;
    return { seq: expected, fault: 'missing', detail: `${gone} missing before entry ${row.seq}` };
  }
  if (row.seq < expected) {
    return { seq: row.seq, fault: 'foreign', detail: `there is no entry ${row.seq} in a log that begins with 1` };
  }
  if (row.previous !== before.hash) {
    const detail = `it carries ${row.previous} as the hash of entry ${before.seq}, which is ${before.hash}`;
    return { seq: row.seq, fault: 'previous differs', detail };
  }
  const fits = hashOf(fields);
  if (hash !== fits) {
    return { seq: row.seq, fault: 'hash differs', detail: `what it says has the hash ${fits}, and it carries ${hash}` };
  }
  if (witnessed?.seq === row.seq && witnessed.hash !== hash) {
    const detail = `it has the hash ${hash}, and ${witnessed.hash} was witnessed: the log up to here was written anew`;
    return { seq: row.seq, fault: 'not as witnessed', detail };
  }
  return null;
}

function missingAtTheEnd(head: ChainHead, witnessed: ChainHead | null): BrokenEntry | null {
  if (witnessed === null || witnessed.seq <= head.seq) return null;
  const detail = `the log ends with entry ${head.seq}, and entry ${witnessed.seq} was witnessed`;
  return { seq: head.seq + 1, fault: 'missing', detail };
}

/** What SQLite cannot read is a finding, not our failure. */
function readable<Rows>(read: () => Rows, seq: number): Rows | BrokenEntry {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Database.SqliteError) || !/^SQLITE_(CORRUPT|NOTADB|IOERR)/.test(error.code)) throw error;
    return { seq, fault: 'unreadable', detail: `the database cannot be read from here on: ${error.message}` };
  }
}

/** The triggers of the log that are gone, or refuse nothing any more. */
function unguarded(database: Database.Database): string[] {
  const guards = database.prepare<[], { name: string; sql: string }>(
    `SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'`,
  );
  const there = guards.all();
  return Object.entries(refusals).flatMap(([name, refuses]) => {
    const sql = there.find((guard) => guard.name === name)?.sql ?? '';
    return refuses.test(sql) ? [] : [name];
  });
}

/** The triggers of schema/001-captures.sql. */
const refusals: Readonly<Record<string, RegExp>> = {
  audit_is_never_rewritten: /BEFORE UPDATE ON audit BEGIN\s+SELECT raise\(ABORT, /,
  audit_is_never_deleted: /BEFORE DELETE ON audit BEGIN\s+SELECT raise\(ABORT, /,
  audit_only_grows:
    /BEFORE INSERT ON audit\s+WHEN EXISTS \(SELECT 1 FROM audit WHERE seq >= new\.seq OR settles = new\.settles OR hash = new\.hash\) BEGIN\s+SELECT raise\(ABORT, /,
};
