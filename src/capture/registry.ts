import { join } from 'node:path';
import type Database from 'better-sqlite3';
import type {
  Capture,
  CaptureId,
  Counts,
  Facts,
  Kind,
  Millis,
  RingFileOutcome,
  RingFileReport,
  SearchProgress,
  State,
  Window,
} from './capture.ts';
import type { Selection } from './orders.ts';

/** A capture before it has a number: a live one begins as `starting`, a search as `running`. */
export interface NewCapture {
  readonly kind: Kind;
  readonly analyst: string;
  readonly orderedBy: string;
  readonly description: string;
  readonly expression: string;
  readonly case: string | null;
  readonly interface: string | null;
  readonly ring: string | null;
  readonly window: Window | null;
  readonly snaplen: number;
  readonly savefile: string;
  readonly file: string;
  readonly channel: string | null;
  readonly startedAt: Millis;
}

/** How a capture ended. */
export interface Ending {
  readonly state: 'stopped' | 'finished' | 'cancelled' | 'died' | 'failed';
  readonly why: string;
  readonly endedAt: Millis;
  readonly counts: Counts | null;
  readonly facts: Facts | null;
  readonly sha256: string | null;
}

/** The processes behind an open capture: who takes care of it, and the tcpdump that captures. */
export interface Processes {
  readonly owner: string;
  readonly tcpdump: string | null;
}

/** All SQL for captures. The verbs that change a state say whether they did: false when it was not in a state that allows it. */
export interface Registry {
  add(capture: NewCapture): Capture;
  noteTcpdump(id: CaptureId, process: string): void;
  markRunning(id: CaptureId): boolean;
  /** Claims the ending for this process. */
  markStopping(id: CaptureId, why: string): boolean;
  /** Takes an open capture over from a process that is gone. */
  takeOver(id: CaptureId, goneOwner: string): boolean;
  /** Notes how far a search is; false when it was told to stop. */
  noteProgress(id: CaptureId, progress: SearchProgress, file: string): boolean;
  /** Writes a line of the coverage statement; a later one of the same position takes its place. */
  noteReport(id: CaptureId, position: number, report: RingFileReport): void;
  isNameTaken(savefile: string): boolean;
  settle(id: CaptureId, ending: Ending): boolean;
  byId(id: string): Capture | undefined;
  processes(id: CaptureId): Processes;
  open(): Capture[];
  select(selection: Selection): Capture[];
  changedAfter(version: number): Capture[];
  ranBetween(from: Millis, to: Millis): Capture[];
  coverage(id: string): RingFileReport[];
}

interface Row {
  number: number;
  kind: Kind;
  state: State;
  analyst: string;
  ordered_by: string;
  description: string;
  expression: string;
  incident: string | null;
  interface: string | null;
  ring: string | null;
  since: number | null;
  until: number | null;
  snaplen: number;
  savefile: string;
  file: string;
  channel: string | null;
  started_at: Millis;
  ended_at: Millis | null;
  why: string | null;
  bytes: number | null;
  packets: number | null;
  counts: string | null;
  sha256: string | null;
  facts: string | null;
  progress: string | null;
  owner: string;
  tcpdump: string | null;
  version: number;
}

/**
 * @param directory where savefiles are
 * @param process this process, as owner of what it starts
 */
export function openRegistry(database: Database.Database, directory: string, process: string): Registry {
  const insert = database.prepare<[Record<string, unknown>]>(`
    INSERT INTO captures (kind, state, analyst, ordered_by, description, expression, incident, interface, ring, since, until,
      snaplen, savefile, file, channel, started_at, owner)
    VALUES (:kind, :state, :analyst, :orderedBy, :description, :expression, :case, :interface, :ring, :since, :until,
      :snaplen, :savefile, :file, :channel, :startedAt, :owner)`);
  const noteTcpdump = database.prepare('UPDATE captures SET tcpdump = ? WHERE number = ?');
  const markRunning = database.prepare(`UPDATE captures SET state = 'running' WHERE number = ? AND state = 'starting'`);
  const markStopping = database.prepare(`
    UPDATE captures SET state = 'stopping', why = :why, owner = iif(kind = 'live', :owner, owner)
    WHERE number = :number AND state IN ('starting', 'running')`);
  const takeOver = database.prepare('UPDATE captures SET owner = ? WHERE number = ? AND owner = ?');
  const noteProgress = database.prepare(`UPDATE captures SET progress = ?, packets = ?, file = ? WHERE number = ?`);
  const settle = database.prepare(`
    UPDATE captures SET state = :state, why = :why, ended_at = :endedAt, counts = :counts, facts = :facts, sha256 = :sha256,
      bytes = :bytes, packets = :packets, file = savefile
    WHERE number = :number AND state IN ('starting', 'running', 'stopping')`);
  const addReport = database.prepare(
    'INSERT OR REPLACE INTO coverage VALUES (:number, :position, :file, :outcome, :from, :to, :packets, :detail)',
  );
  const named = database.prepare<[string]>('SELECT 1 FROM captures WHERE savefile = ?');
  const coverage = database.prepare<[number], RingFileReport>(
    'SELECT file, outcome, "from", "to", packets, detail FROM coverage WHERE capture = ? ORDER BY position',
  );
  const outcomes = database.prepare<[number], { outcome: RingFileOutcome; files: number }>(
    'SELECT outcome, count(*) AS files FROM coverage WHERE capture = ? GROUP BY outcome',
  );
  const isOpenSql = `state IN ('starting', 'running', 'stopping')`;
  const byNumber = database.prepare<[number], Row>('SELECT * FROM captures WHERE number = ?');
  const open = database.prepare<[], Row>(`SELECT * FROM captures WHERE ${isOpenSql} ORDER BY number DESC`);
  const everything = database.prepare<[], Row>('SELECT * FROM captures ORDER BY number DESC');
  const matching = database.prepare<[{ word: string; all: number }], Row>(`
    SELECT * FROM captures
    WHERE (:all OR ${isOpenSql}) AND (instr(lower(analyst), :word) OR instr(lower(description), :word)
      OR instr(lower(expression), :word) OR instr(lower(coalesce(incident, '')), :word))
    ORDER BY number DESC`);
  const changed = database.prepare<[number], Row>('SELECT * FROM captures WHERE version > ? ORDER BY version');
  const between = database.prepare<[Millis, Millis], Row>(
    'SELECT * FROM captures WHERE started_at < ? AND (ended_at IS NULL OR ended_at >= ?) ORDER BY number',
  );

  const captureOf = (row: Row): Capture => {
    const counted = row.kind === 'past' ? outcomes.all(row.number) : [];
    return {
      id: `c${row.number}`,
      kind: row.kind,
      state: row.state,
      analyst: row.analyst,
      orderedBy: row.ordered_by,
      description: row.description,
      expression: row.expression,
      case: row.incident,
      interface: row.interface,
      ring: row.ring,
      window: row.kind === 'past' ? { since: row.since, until: row.until } : null,
      snaplen: row.snaplen,
      savefile: row.savefile,
      path: join(directory, row.file),
      channel: row.channel,
      startedAt: row.started_at,
      endedAt: row.ended_at,
      why: row.why,
      bytes: row.bytes,
      packets: row.packets,
      counts: parsed<Counts>(row.counts),
      sha256: row.sha256,
      facts: parsed<Facts>(row.facts),
      progress: parsed<SearchProgress>(row.progress),
      coverage: counted.length > 0 ? Object.fromEntries(counted.map(({ outcome, files }) => [outcome, files])) : null,
      version: row.version,
    };
  };
  const byId = (id: string): Capture | undefined => {
    const row = byNumber.get(numberOf(id));
    return row && captureOf(row);
  };
  const known = (id: CaptureId): Row => {
    const row = byNumber.get(numberOf(id));
    if (row === undefined) throw new Error(`no capture ${id} in the registry`);
    return row;
  };

  return {
    add: (capture) => {
      const state: State = capture.kind === 'live' ? 'starting' : 'running';
      const { window, ...columns } = capture;
      const { lastInsertRowid } = insert.run({
        ...columns,
        state,
        since: window?.since ?? null,
        until: window?.until ?? null,
        owner: process,
      });
      return captureOf(known(`c${Number(lastInsertRowid)}`));
    },
    noteTcpdump: (id, tcpdump) => void noteTcpdump.run(tcpdump, numberOf(id)),
    markRunning: (id) => markRunning.run(numberOf(id)).changes > 0,
    markStopping: (id, why) => markStopping.run({ number: numberOf(id), why, owner: process }).changes > 0,
    takeOver: (id, goneOwner) => takeOver.run(process, numberOf(id), goneOwner).changes > 0,
    noteProgress: (id, progress, file) => {
      noteProgress.run(JSON.stringify(progress), progress.packets, file, numberOf(id));
      return known(id).state === 'running';
    },
    noteReport: (id, position, report) => void addReport.run({ ...report, number: numberOf(id), position }),
    isNameTaken: (savefile) => named.get(savefile) !== undefined,
    settle: (id, { counts, facts, ...ending }) =>
      settle.run({
        ...ending,
        number: numberOf(id),
        counts: counts && JSON.stringify(counts),
        facts: facts && JSON.stringify(facts),
        bytes: facts?.fileBytes ?? null,
        packets: facts?.packets ?? null,
      }).changes > 0,
    byId,
    processes: (id) => {
      const { owner, tcpdump } = known(id);
      return { owner, tcpdump };
    },
    open: () => open.all().map(captureOf),
    select: ({ selector, all }) => {
      if (selector === undefined) return (all ? everything : open).all().map(captureOf);
      const named = byId(selector);
      if (named !== undefined) return all || named.endedAt === null ? [named] : [];
      return matching.all({ word: selector.toLowerCase(), all: all ? 1 : 0 }).map(captureOf);
    },
    changedAfter: (version) => changed.all(version).map(captureOf),
    ranBetween: (from, to) => between.all(to, from).map(captureOf),
    coverage: (id) => coverage.all(numberOf(id)),
  };
}

/** The number in an id such as `c12`; -1, which no capture has, for anything else. */
function numberOf(id: string): number {
  const match = /^c([1-9]\d{0,14})$/i.exec(id.trim());
  return match ? Number(match[1]) : -1;
}

function parsed<Value>(json: string | null): Value | null {
  return json === null ? null : (JSON.parse(json) as Value);
}
