import type Database from 'better-sqlite3';
import type { CaptureId, Join } from './capture.ts';
import { numberOf } from './row.ts';

/** A join in the registry: an order's captures, and one further savefile of all of them. */
export type JoinNumber = number;

/** A join that is still to be made, or being made. */
export interface OpenJoin {
  readonly number: JoinNumber;
  /** Who may still add parts; null once all are there. */
  readonly gatheredBy: string | null;
  /** The joined savefile's capture, once its making has begun. */
  readonly capture: CaptureId | null;
}

/** All SQL for joins. */
export interface Joins {
  /** A join for an order that this process is about to carry out. */
  open(): JoinNumber;
  /** No further part comes. */
  complete(join: JoinNumber): void;
  pending(): OpenJoin[];
  isPending(join: JoinNumber): boolean;
  /** Whether nobody has begun to make it, and it is not ended. */
  isToBegin(join: JoinNumber): boolean;
  /** The captures of the order, as they were made. */
  parts(join: JoinNumber): CaptureId[];
  /** Notes the capture of the joined savefile; false where somebody else was first. */
  begin(join: JoinNumber, capture: CaptureId): boolean;
  /** Notes where the joined savefile grows. */
  noteFile(capture: CaptureId, file: string): void;
  /** Ends a join whose capture has its ending; or one of which nothing comes, with why, false where somebody else was first. */
  end(join: JoinNumber, why: string | null): boolean;
  of(capture: CaptureId): JoinNumber | undefined;
}

/** What became of the join that a capture is a part of. */
export function joinOf(row: { capture: number | null; why: string | null } | undefined): Join | null {
  if (row === undefined) return null;
  if (row.capture !== null) return { join: 'into', capture: `c${row.capture}` };
  return row.why === null ? { join: 'awaited' } : { join: 'none', why: row.why };
}

interface JoinRow {
  readonly number: JoinNumber;
  readonly state: 'gathering' | 'complete';
  readonly owner: string;
  readonly capture: number | null;
}

/** @param process this process, as the one that gives orders */
export function openJoins(database: Database.Database, process: string): Joins {
  const insert = database.prepare(`INSERT INTO joins (state, owner) VALUES ('gathering', ?)`);
  const complete = database.prepare(`UPDATE joins SET state = 'complete' WHERE number = ? AND state = 'gathering'`);
  const pending = database.prepare<[], JoinRow>(
    `SELECT number, state, owner, capture FROM joins WHERE state <> 'ended' ORDER BY number`,
  );
  const isPending = database.prepare<[number], unknown>(`SELECT 1 FROM joins WHERE number = ? AND state <> 'ended'`);
  const isToBegin = database.prepare<[number], unknown>(
    `SELECT 1 FROM joins WHERE number = ? AND capture IS NULL AND state <> 'ended'`,
  );
  const parts = database
    .prepare<[number], number>('SELECT number FROM captures WHERE part_of = ? ORDER BY number')
    .pluck();
  const begin = database.prepare(
    `UPDATE joins SET capture = :capture, state = 'complete' WHERE number = :join AND capture IS NULL AND state <> 'ended'`,
  );
  const end = database.prepare(
    `UPDATE joins SET state = 'ended', why = :why WHERE number = :join AND state <> 'ended'`,
  );
  // Who follows its parts is to see that.
  const touch = database.prepare('UPDATE captures SET part_of = part_of WHERE part_of = ?');
  const noteFile = database.prepare('UPDATE captures SET file = ? WHERE number = ? AND ended_at IS NULL');
  const ofCapture = database.prepare<[number], number>('SELECT number FROM joins WHERE capture = ?').pluck();

  return {
    open: () => Number(insert.run(process).lastInsertRowid),
    complete: (join) => void complete.run(join),
    pending: () =>
      pending.all().map(({ number, state, owner, capture }) => ({
        number,
        gatheredBy: state === 'gathering' ? owner : null,
        capture: capture === null ? null : `c${capture}`,
      })),
    isPending: (join) => isPending.get(join) !== undefined,
    isToBegin: (join) => isToBegin.get(join) !== undefined,
    parts: (join) => parts.all(join).map((number): CaptureId => `c${number}`),
    begin: (join, capture) => {
      const began = begin.run({ join, capture: numberOf(capture) }).changes > 0;
      if (began) touch.run(join);
      return began;
    },
    noteFile: (capture, file) => void noteFile.run(file, numberOf(capture)),
    end: (join, why) => {
      const ended = end.run({ join, why }).changes > 0;
      if (ended) touch.run(join);
      return ended;
    },
    of: (capture) => ofCapture.get(numberOf(capture)),
  };
}
