import { join } from 'node:path';
import type Database from 'better-sqlite3';
import type { Millis } from './capture.ts';
import type { Deletion, HeldSavefile } from './evidence.ts';
import { numberOf } from './row.ts';

export type CustodyFinding =
  | 'holds'
  | 'hashed'
  | 'changed'
  | 'vanished'
  | 'unreadable'
  | 'no digest'
  | 'deleting'
  | 'deleted';

/** What a savefile was when it was last looked at. */
export interface Custody {
  readonly finding: CustodyFinding;
  readonly detail: string | null;
  /** Device, inode, size and time of the file that was looked at; null where there was none. */
  readonly file: string | null;
  /** Who looked at it, or deletes it. */
  readonly process: string;
}

/** A savefile, and what was found of it at the last look: null where nobody looked yet. */
export interface Standing {
  readonly held: HeldSavefile;
  readonly looked: { readonly finding: CustodyFinding; readonly at: Millis } | null;
}

/** All SQL for complete savefiles: which there are, what they were found to be, which were deleted. */
export interface Holdings {
  /** All that match a word, as in `list`, in the order of captures; so many numbers a page: none keeps the process from other work for long. */
  pages(word: string | null): Generator<HeldSavefile[], void, undefined>;
  /** The same of all, each with what the last look at it found. */
  standings(): Generator<Standing[], void, undefined>;
  /** The savefiles of one capture; none while its first is not complete, or once they are deleted. */
  of(id: string): HeldSavefile[];
  /** Savefiles of captures that have ended, themselves from before a time, oldest first, behind the last of the page before. */
  deletable(before: Millis, behind: HeldSavefile | null, most: number): HeldSavefile[];
  custody(savefile: string): Custody | undefined;
  /** Notes what somebody found; a deletion that is under way stays noted. */
  note(held: HeldSavefile, custody: Omit<Custody, 'process'>): void;
  /** Notes what the deleter does or found. */
  decide(held: HeldSavefile, custody: Omit<Custody, 'process'>): void;
  /** Savefiles whose deletion was begun and is not in their row. */
  beingDeleted(): HeldSavefile[];
  /** Writes the digest of a savefile that has none; false when it has one. */
  noteDigest(held: HeldSavefile, sha256: string, bytes: number): boolean;
  noteDeleted(held: HeldSavefile, why: string): void;
  deletion(id: string): Deletion | undefined;
}

interface LookedRow {
  readonly finding: CustodyFinding | null;
  readonly at: Millis | null;
}

interface HeldRow {
  readonly number: number;
  readonly analyst: string;
  readonly savefile: string;
  readonly ended_at: Millis;
  readonly bytes: number | null;
  readonly sha256: string | null;
}

/**
 * @param directory where savefiles are
 * @param process this process, as the one that looks and deletes
 */
export function openHoldings(
  database: Database.Database,
  { directory, process, now }: { readonly directory: string; readonly process: string; readonly now: () => Millis },
): Holdings {
  const columns = 'number, analyst, savefile, ended_at, bytes, sha256';
  const newest = database.prepare<[], number | null>('SELECT max(number) FROM captures').pluck();
  const page = database.prepare<[{ above: number; upTo: number; word: string | null }], HeldRow>(`
    SELECT ${columns} FROM held
    WHERE number > :above AND number <= :upTo AND (:word IS NULL OR instr(lower(analyst), :word)
      OR instr(lower(description), :word) OR instr(lower(expression), :word) OR instr(lower(coalesce(incident, '')), :word))
    ORDER BY number, savefile`);
  const standing = database.prepare<[{ above: number; upTo: number }], HeldRow & LookedRow>(`
    SELECT number, analyst, savefile, ended_at, bytes, sha256, custody.finding, custody.at FROM held LEFT JOIN custody USING (savefile)
    WHERE number > :above AND number <= :upTo ORDER BY number, savefile`);
  const one = database.prepare<[number], HeldRow>(`SELECT ${columns} FROM held WHERE number = ? ORDER BY ended_at`);
  // When savefiles can be pinned, a pinned one is left out here, as those of running captures are.
  const deletable = database.prepare<[{ before: Millis; endedAt: Millis; savefile: string; most: number }], HeldRow>(`
    SELECT ${columns} FROM held
    WHERE NOT running AND ended_at < :before AND number NOT IN (
      SELECT captures.number FROM captures JOIN joins ON joins.number = part_of WHERE joins.state <> 'ended')
      AND (ended_at, savefile) > (:endedAt, :savefile)
    ORDER BY ended_at, savefile LIMIT :most`);
  const custody = database.prepare<[string], Custody>(
    'SELECT finding, detail, file, process FROM custody WHERE savefile = ?',
  );
  const noteSql = `
    INSERT INTO custody VALUES (:savefile, :number, :at, :finding, :detail, :file, :process)
    ON CONFLICT DO UPDATE SET at = :at, finding = :finding, detail = :detail, file = :file, process = :process`;
  const note = database.prepare(`${noteSql} WHERE custody.finding NOT IN ('deleting', 'deleted')`);
  const decide = database.prepare(noteSql);
  const beingDeleted = database.prepare<[], HeldRow>(`
    SELECT ${columns} FROM held WHERE savefile IN (SELECT savefile FROM custody WHERE finding = 'deleting')`);
  // A capture's savefiles stand in two tables, and each under a name of its own.
  const noteDigest = ['captures', 'earlier'].map((table) =>
    database.prepare(
      `UPDATE ${table} SET sha256 = :sha256, bytes = coalesce(bytes, :bytes) WHERE savefile = :savefile AND sha256 IS NULL`,
    ),
  );
  const noteDeleted = ['captures', 'earlier'].map((table) =>
    database.prepare(`UPDATE ${table} SET deleted_at = ?, deleted_why = ? WHERE savefile = ?`),
  );
  const deletion = database.prepare<[number], Deletion>(
    'SELECT deleted_at AS at, deleted_why AS why FROM captures WHERE number = ? AND deleted_at IS NOT NULL',
  );

  const inWords = ({ number, analyst, savefile, ended_at, bytes, sha256 }: HeldRow): HeldSavefile => ({
    capture: `c${number}`,
    analyst,
    savefile,
    path: join(directory, savefile),
    endedAt: ended_at,
    bytes,
    sha256,
  });
  const named = ({ savefile, capture }: HeldSavefile) => ({ savefile, number: numberOf(capture), at: now(), process });

  return {
    pages: function* (word) {
      for (const numbers of numbersOf(newest.get() ?? 0))
        yield page.all({ ...numbers, word: word?.toLowerCase() ?? null }).map(inWords);
    },
    standings: function* () {
      for (const numbers of numbersOf(newest.get() ?? 0)) {
        yield standing.all(numbers).map((row) => {
          const { finding, at } = row;
          return { held: inWords(row), looked: finding === null || at === null ? null : { finding, at } };
        });
      }
    },
    of: (id) => one.all(numberOf(id)).map(inWords),
    deletable: (before, behind, most) => {
      const { endedAt, savefile } = behind ?? { endedAt: Number.MIN_SAFE_INTEGER, savefile: '' };
      return deletable.all({ before, endedAt, savefile, most }).map(inWords);
    },
    custody: (savefile) => custody.get(savefile),
    note: (held, looked) => void note.run({ ...looked, ...named(held) }),
    decide: (held, looked) => void decide.run({ ...looked, ...named(held) }),
    beingDeleted: () => beingDeleted.all().map(inWords),
    noteDigest: ({ savefile }, sha256, bytes) =>
      noteDigest.reduce((changes, write) => changes + write.run({ sha256, bytes, savefile }).changes, 0) > 0,
    noteDeleted: (gone, why) => {
      for (const write of noteDeleted) write.run(now(), why, gone.savefile);
      decide.run({ finding: 'deleted', detail: why, file: null, ...named(gone) });
    },
    deletion: (id) => deletion.get(numberOf(id)),
  };
}

/** Numbers of captures of one look: some milliseconds. */
const pageSize = 500;

function* numbersOf(newest: number): Generator<{ above: number; upTo: number }, void, undefined> {
  for (let above = 0; above < newest; above += pageSize) yield { above, upTo: above + pageSize };
}
