import type Database from 'better-sqlite3';
import type { Actor, Origin } from './analyst.ts';
import type { Millis } from './capture.ts';
import { type AuditRow, beginning, hashOf } from './chain.ts';
import { type Entries, openEntries, originOf } from './entries.ts';
import type { AuditOutcome, ChainHead } from './orders.ts';

/** What is written of an order or of the engine's own observation. */
export interface Note {
  readonly outcome: AuditOutcome;
  readonly verb: string;
  readonly analyst: string | null;
  readonly actingFor: string | null;
  readonly origin: Origin;
  readonly words: string;
  readonly capture?: string | null;
  readonly detail?: string | null;
}

export interface Audit extends Entries {
  /** Writes that an actor asked for something, before it is done; the entry's number is what `settle` wants. */
  ask(verb: string, actor: Actor, actingFor?: string | null): number;
  /** Writes what came of it. Call it in the transaction that changes the state. */
  settle(
    asked: number,
    outcome: 'done' | 'refused' | 'invalid' | 'failed' | 'unknown',
    capture: string | null,
    detail: string | null,
  ): void;
  /** Whether nothing was written yet of what came of it. */
  isUnsettled(asked: number): boolean;
  /** Writes an entry as it is, for what `ask` is not for: a look, a refusal at the door, what the engine saw or is about to do. */
  note(note: Note): number;
  /** Settles as `unknown` what processes asked that are gone now. */
  settleAbandoned(isAlive: (process: string) => boolean): void;
  head(): ChainHead;
}

/** The audit log: entries are only appended, each with the SHA-256 of itself and the one before. */
export function openAudit(database: Database.Database, process: string, now: () => Millis): Audit {
  const newest = database.prepare<[], AuditRow>('SELECT * FROM audit ORDER BY seq DESC LIMIT 1');
  const bySeq = database.prepare<[number], AuditRow>('SELECT * FROM audit WHERE seq = ?');
  const insert = database.prepare<
    [AuditRow]
  >(`INSERT INTO audit VALUES (:seq, :at, :outcome, :settles, :verb, :analyst, :acting_for,
    :origin, :words, :capture, :detail, :process, :previous, :hash)`);
  // CROSS: without it SQLite walks the whole log and looks each entry up among the few.
  const unsettled = database.prepare<[], AuditRow>(
    'SELECT audit.* FROM unsettled CROSS JOIN audit USING (seq) ORDER BY unsettled.seq',
  );
  const isUnsettled = database.prepare<[number], unknown>('SELECT 1 FROM unsettled WHERE seq = ?');
  // Immediate: the hash before must still be the newest when this entry is written.
  const append = database.transaction((note: Note, settles: number | null): number => {
    const last = newest.get();
    const fields = {
      seq: (last?.seq ?? 0) + 1,
      at: now(),
      outcome: note.outcome,
      settles,
      // A lone surrogate would come back from SQLite as something else, and the hash would not hold.
      verb: note.verb.toWellFormed(),
      analyst: note.analyst?.toWellFormed() ?? null,
      acting_for: note.actingFor?.toWellFormed() ?? null,
      origin: JSON.stringify(note.origin).toWellFormed(),
      words: note.words.toWellFormed(),
      capture: note.capture?.toWellFormed() ?? null,
      detail: note.detail?.toWellFormed() ?? null,
      process,
      previous: last?.hash ?? beginning.hash,
    };
    insert.run({ ...fields, hash: hashOf(fields) });
    return fields.seq;
  }).immediate;

  const settle: Audit['settle'] = (asked, outcome, capture, detail) => {
    const row = bySeq.get(asked);
    if (row === undefined) throw new Error(`no audit entry ${asked} to settle`);
    append({ ...noteOf(row), outcome, capture, detail }, asked);
  };

  const settleGone = database.transaction((isAlive: (process: string) => boolean) => {
    for (const row of unsettled.all()) {
      if (!isAlive(row.process))
        settle(row.seq, 'unknown', row.capture, 'the process that carried this out ended before it could say');
    }
  });

  return {
    ask: (verb, actor, actingFor = null) =>
      append(
        { outcome: 'asked', verb, analyst: actor.analyst.name, actingFor, origin: actor.origin, words: actor.words },
        null,
      ),
    settle,
    isUnsettled: (asked) => isUnsettled.get(asked) !== undefined,
    note: (note) => append(note, null),
    settleAbandoned: (isAlive) => {
      // Looked at first without the lock that writing takes: nearly always there is nothing to settle.
      if (unsettled.all().some(({ process: asker }) => !isAlive(asker))) settleGone.immediate(isAlive);
    },
    ...openEntries(database),
    head: () => {
      const last = newest.get();
      return last === undefined ? beginning : { seq: last.seq, hash: last.hash };
    },
  };
}

function noteOf(row: AuditRow): Note {
  return { ...row, actingFor: row.acting_for, origin: originOf(row) };
}
