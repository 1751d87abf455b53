import type Database from 'better-sqlite3';
import { type CaptureId, notBegun, type RingFileReport } from './capture.ts';
import { numberOf, type OutcomeCount } from './row.ts';
import { unsynced } from './unsynced.ts';

/** The coverage statements of searches, ring file by ring file. Lines are on the disk with the ending: after a power cut the search has died, and some are missing. */
export interface Coverage {
  /** Writes a statement as it is when a search ends before its first file. */
  notePlan(id: CaptureId, reports: readonly RingFileReport[]): void;
  /** Places that a search has not come to, in order. */
  notCome(id: CaptureId): { readonly position: number; readonly report: RingFileReport }[];
  /** Writes a line; a later one of the same position takes its place. */
  noteReport(id: CaptureId, position: number, report: RingFileReport): void;
  coverage(id: string): RingFileReport[];
  /** How many files met each outcome, by the capture's number. */
  outcomes(number: number): OutcomeCount[];
}

/** While a search runs, a file that it has not come to has no line in its statement. */
const isTold = `(detail IS NOT '${notBegun.ended}'
  OR (SELECT coalesce(ended_at, ending_at) FROM captures WHERE number = capture) IS NOT NULL)`;

type Line = Omit<RingFileReport, 'ring'> & { readonly ring: string | null };

function reportOf({ ring, ...report }: Line): RingFileReport {
  return ring === null ? report : { ring, ...report };
}

/** All SQL for coverage statements. */
export function openCoverage(database: Database.Database): Coverage {
  const report = 'file, outcome, "from", "to", packets, detail, ring';
  const add = database.prepare(
    'INSERT OR REPLACE INTO coverage VALUES (:number, :position, :file, :outcome, :from, :to, :packets, :detail, :ring)',
  );
  const told = database.prepare<[number], Line>(
    `SELECT ${report} FROM coverage WHERE capture = ? AND ${isTold} ORDER BY position`,
  );
  const notCome = database.prepare<[number], Line & { position: number }>(
    `SELECT position, ${report} FROM coverage WHERE capture = ? AND detail = '${notBegun.ended}' ORDER BY position`,
  );
  const outcomes = database.prepare<[number], OutcomeCount>(
    `SELECT ring, outcome, count(*) AS files FROM coverage WHERE capture = ? AND ${isTold} GROUP BY ring, outcome ORDER BY min(position)`,
  );
  const noteReport = (id: CaptureId, position: number, line: RingFileReport) =>
    void unsynced(database, () => add.run({ ...line, ring: line.ring ?? null, number: numberOf(id), position }));
  return {
    notePlan: database.transaction((id: CaptureId, reports: readonly RingFileReport[]) => {
      for (const [position, line] of reports.entries()) noteReport(id, position, line);
    }),
    notCome: (id) => notCome.all(numberOf(id)).map(({ position, ...line }) => ({ position, report: reportOf(line) })),
    noteReport,
    coverage: (id) => told.all(numberOf(id)).map(reportOf),
    outcomes: (number) => outcomes.all(number),
  };
}
