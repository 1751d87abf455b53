import type Database from 'better-sqlite3';
import { requestNumber } from './approval.ts';
import type { Capture, CaptureId, Millis, RingSpan, SearchProgress } from './capture.ts';
import { type Coverage, openCoverage } from './coverage.ts';
import { joinOf } from './joins.ts';
import type { Claim, Ending, NewCapture, Processes, WholeHostList } from './record.ts';
import { captureOf, type EarlierRow, type HostsRow, numberOf, type Row } from './row.ts';
import { unsynced } from './unsynced.ts';

/** Captures of one look: some 5 ms. */
const pageSize = 250;

/** All SQL for captures. The verbs that change a state say whether they did: false when it was not in a state that allows it. */
export interface Registry extends Omit<Coverage, 'outcomes'> {
  add(capture: NewCapture): Capture;
  noteTcpdump(id: CaptureId, process: string): void;
  markRunning(id: CaptureId): boolean;
  /** A search that waited begins to read, with the expression as it is now expanded. */
  markReading(id: CaptureId, expanded: string | null): boolean;
  /** Claims the ending of a capture that runs or waits for this process: ordered by somebody (`stopped`), or by a limit (`finished`). */
  markStopping(id: CaptureId, claim: Claim): boolean;
  /** Claims the ending of a running capture for this process, whose tcpdump, as it was seen, is gone; of several who see that, one. */
  markGone(id: CaptureId, tcpdump: string | null, claim: Claim, at: Millis): boolean;
  /** Fixes how and when a capture of this process has ended; when that was, or undefined where it is not this process's to end. */
  fixEnding(id: CaptureId, ending: Pick<Ending, 'state' | 'why'>, at: Millis): Millis | undefined;
  /** Takes an open capture over from a process that is gone. */
  takeOver(id: CaptureId, goneOwner: string): boolean;
  /** Notes how far a search is; false when it was told to stop. */
  noteProgress(id: CaptureId, progress: SearchProgress, file: string): boolean;
  noteRingSpans(id: CaptureId, spans: readonly RingSpan[]): void;
  isNameTaken(savefile: string): boolean;
  settle(id: CaptureId, ending: Ending): boolean;
  byId(id: string): Capture | undefined;
  processes(id: CaptureId): Processes;
  open(): Capture[];
  /** Open captures that match a selector, newest first; all of them without one. */
  openMatching(selector: string | undefined): Capture[];
  /** The same of all captures, so many numbers a page: none keeps the process from other work for long, however many there are. */
  pages(selector: string | undefined): Generator<Capture[], void, undefined>;
  /** The next captures that changed after a version, by version. */
  changedAfter(version: number): Capture[];
  /** Of the last change of any capture; 0 before the first. */
  version(): number;
  /** The last so many that ended, newest first: somebody's, or everybody's. */
  lastEnded(of: string | null, count: number): Capture[];
  /** Captures that ran from `from` to before `to`, so many a page, as `pages`. */
  ranBetween(from: Millis, to: Millis): Generator<Capture[], void, undefined>;
  /** The addresses and nets of a search's list; none where it has no list. */
  hosts(id: string): string[];
}

/** The statement that writes a list of hosts. */
export const insertHosts = `INSERT INTO indicators (capture, entries, sha256, behind_tags, nets)
  VALUES (:capture, :entries, :sha256, :behindTags, :nets)`;

/** A list of hosts as its row has it. */
export function hostsRow(capture: number, { nets, behindTags, ...list }: WholeHostList) {
  return { ...list, capture, behindTags: behindTags ? 1 : 0, nets: nets.map((net) => `${net}\n`).join('') };
}

/**
 * @param directory where savefiles are
 * @param process this process, as owner of what it starts
 */
export function openRegistry(database: Database.Database, directory: string, process: string): Registry {
  const insert = database.prepare<[Record<string, unknown>]>(`
    INSERT INTO captures (kind, state, analyst, ordered_by, description, expression, incident, interface, ring, since, until,
      snaplen, savefile, file, channel, started_at, owner, expanded, deadline, deadline_uptime, boot, max_bytes, max_packets, keep,
      part_of, joined, approved_by, request)
    VALUES (:kind, :state, :analyst, :orderedBy, :description, :expression, :case, :interface, :ring, :since, :until,
      :snaplen, :savefile, :file, :channel, :startedAt, :owner, :expanded, :at, :uptime, :boot, :maxBytes, :maxPackets, :keep,
      :partOf, :joined, :approvedBy, :request)`);
  const addHosts = database.prepare<[Record<string, unknown>]>(insertHosts);
  const hosts = database.prepare<[number], HostsRow>(
    'SELECT entries, sha256, behind_tags FROM indicators WHERE capture = ?',
  );
  const netsOf = database.prepare<[number], string>('SELECT nets FROM indicators WHERE capture = ?').pluck();
  const noteTcpdump = database.prepare('UPDATE captures SET tcpdump = ? WHERE number = ?');
  const markRunning = database.prepare(
    `UPDATE captures SET state = 'running', why = NULL WHERE number = ? AND state = 'starting'`,
  );
  const markReading = database.prepare(
    `UPDATE captures SET state = 'running', expanded = ? WHERE number = ? AND kind = 'past' AND state = 'starting'`,
  );
  const markStopping = database.prepare(`
    UPDATE captures SET state = 'stopping', why = :why, ending = :ending, owner = iif(kind = 'live', :owner, owner)
    WHERE number = :number AND state IN ('starting', 'running') AND ending_at IS NULL
      AND (:deadline IS NULL OR deadline = :deadline)`);
  const markGone = database.prepare(`
    UPDATE captures SET state = 'stopping', why = :why, ending = :ending, ending_at = :at, owner = :owner
    WHERE number = :number AND state = 'running' AND tcpdump IS :tcpdump AND (:deadline IS NULL OR deadline = :deadline)`);
  const fixEnding = database.prepare<[Record<string, unknown>], { at: Millis }>(`
    UPDATE captures SET state = iif(kind = 'live', 'stopping', state), why = :why, ending = :state, ending_at = coalesce(ending_at, :at)
    WHERE number = :number AND owner = :owner AND state IN ('starting', 'running', 'stopping') RETURNING ending_at AS at`);
  const takeOver = database.prepare('UPDATE captures SET owner = ? WHERE number = ? AND owner = ?');
  const noteProgress = database.prepare(`UPDATE captures SET progress = ?, packets = ?, file = ? WHERE number = ?`);
  const settle = database.prepare(`
    UPDATE captures SET state = :state, why = :why, ended_at = :endedAt, counts = :counts, facts = :facts, sha256 = :sha256,
      bytes = :bytes, packets = :packets, file = savefile
    WHERE number = :number AND owner = :owner AND state IN ('starting', 'running', 'stopping')`);
  const noteRingSpans = database.prepare('UPDATE captures SET ring_span = ? WHERE number = ?');
  const named = database.prepare<[string, string]>(
    'SELECT 1 FROM captures WHERE savefile = ? UNION ALL SELECT 1 FROM earlier WHERE savefile = ?',
  );
  const { outcomes, ...coverage } = openCoverage(database);
  const earlier = database.prepare<[number], EarlierRow>(
    'SELECT savefile, ended_at, why, bytes, packets, counts, facts, sha256 FROM earlier WHERE capture = ? ORDER BY ended_at',
  );
  const joinRow = database.prepare<[number], { capture: number | null; why: string | null }>(
    'SELECT capture, why FROM joins WHERE number = ?',
  );
  const isOpenSql = `state IN ('starting', 'running', 'stopping')`;
  const byNumber = database.prepare<[number], Row>('SELECT * FROM captures WHERE number = ?');
  const matches = `(:word IS NULL OR instr(lower(analyst), lower(:word)) OR instr(lower(description), lower(:word))
    OR instr(lower(expression), lower(:word)) OR instr(lower(coalesce(incident, '')), lower(:word)))`;
  const openMatching = database.prepare<[{ word: string | null }], Row>(
    `SELECT * FROM captures WHERE ${isOpenSql} AND ${matches} ORDER BY number DESC`,
  );
  const newest = database.prepare<[], number>('SELECT coalesce(max(number), 0) FROM captures').pluck();
  const page = database.prepare<[{ word: string | null; above: number; upTo: number }], Row>(
    `SELECT * FROM captures WHERE number > :above AND number <= :upTo AND ${matches} ORDER BY number DESC`,
  );
  const changed = database.prepare<[number, number], Row>(
    'SELECT * FROM captures WHERE version > ? ORDER BY version LIMIT ?',
  );
  // Out of the index captures_ended alone: of all that ended since, the rows are not even looked at.
  const between = database
    .prepare<[{ from: Millis; to: Millis }], number>(
      `SELECT number FROM captures WHERE ended_at IS NULL AND started_at < :to
        UNION ALL SELECT number FROM captures WHERE ended_at >= :from AND started_at < :to`,
    )
    .pluck();
  const version = database.prepare<[], number>('SELECT coalesce(max(version), 0) FROM captures').pluck();
  const last = (whose: string) =>
    `SELECT number, ended_at FROM captures WHERE ${whose} ended_at IS NOT NULL ORDER BY ended_at DESC, number DESC LIMIT :count`;
  const lastOfAll = database.prepare<[{ count: number }], number>(last('')).pluck();
  const lastOf = database
    .prepare<[{ of: string; count: number }], number>(
      `SELECT number FROM (SELECT * FROM (${last('analyst = :of AND')}) UNION SELECT * FROM (${last('ordered_by = :of AND')}))
        ORDER BY ended_at DESC, number DESC LIMIT :count`,
    )
    .pluck();

  const inWords = (row: Row): Capture =>
    captureOf(row, directory, {
      outcomes: row.kind === 'past' ? outcomes(row.number) : [],
      earlier: row.keep === 1 ? earlier.all(row.number) : [],
      hosts: row.kind === 'past' ? hosts.get(row.number) : undefined,
      join: row.part_of === null ? null : joinOf(joinRow.get(row.part_of)),
    });
  const byId = (id: string): Capture | undefined => {
    const row = byNumber.get(numberOf(id));
    return row && inWords(row);
  };
  const known = (id: CaptureId): Row => {
    const row = byNumber.get(numberOf(id));
    if (row === undefined) throw new Error(`no capture ${id} in the registry`);
    return row;
  };

  return {
    add: (capture) => {
      const { window, deadline, keep, hosts: list, partOf, joined, approval, ...columns } = capture;
      const { lastInsertRowid } = insert.run({
        ...columns,
        since: window?.since ?? null,
        until: window?.until ?? null,
        at: deadline?.at ?? null,
        uptime: deadline?.uptime ?? null,
        boot: deadline?.boot ?? null,
        keep: keep ? 1 : 0,
        partOf: partOf ?? null,
        joined: joined === undefined ? null : JSON.stringify(joined),
        approvedBy: approval?.by ?? null,
        request: approval === undefined ? null : requestNumber(approval.request),
        owner: process,
      });
      const number = Number(lastInsertRowid);
      if (list !== null) addHosts.run(hostsRow(number, list));
      return inWords(known(`c${number}`));
    },
    noteTcpdump: (id, tcpdump) => void noteTcpdump.run(tcpdump, numberOf(id)),
    markRunning: (id) => markRunning.run(numberOf(id)).changes > 0,
    markReading: (id, expanded) => markReading.run(expanded, numberOf(id)).changes > 0,
    markStopping: (id, { deadline = null, ...claim }) =>
      markStopping.run({ ...claim, deadline, number: numberOf(id), owner: process }).changes > 0,
    markGone: (id, tcpdump, { deadline = null, ...claim }, at) =>
      markGone.run({ ...claim, deadline, at, tcpdump, number: numberOf(id), owner: process }).changes > 0,
    fixEnding: (id, ending, at) => fixEnding.get({ ...ending, at, number: numberOf(id), owner: process })?.at,
    takeOver: (id, goneOwner) => takeOver.run(process, numberOf(id), goneOwner).changes > 0,
    noteProgress: (id, progress, file) => {
      unsynced(database, () => noteProgress.run(JSON.stringify(progress), progress.packets, file, numberOf(id)));
      return known(id).state === 'running';
    },
    noteRingSpans: (id, spans) => void unsynced(database, () => noteRingSpans.run(JSON.stringify(spans), numberOf(id))),
    isNameTaken: (savefile) => named.get(savefile, savefile) !== undefined,
    settle: (id, { counts, facts, ...ending }) =>
      settle.run({
        ...ending,
        number: numberOf(id),
        owner: process,
        counts: counts && JSON.stringify(counts),
        facts: facts && JSON.stringify(facts),
        bytes: facts?.fileBytes ?? null,
        packets: facts?.packets ?? null,
      }).changes > 0,
    byId,
    processes: (id) => {
      const { owner, tcpdump, ending, ending_at: endingAt } = known(id);
      return { owner, tcpdump, ending, endingAt };
    },
    open: () => openMatching.all({ word: null }).map(inWords),
    openMatching: (selector) => {
      const named = selector === undefined ? undefined : byId(selector);
      if (named !== undefined) return named.endedAt === null ? [named] : [];
      return openMatching.all({ word: selector ?? null }).map(inWords);
    },
    pages: function* (selector) {
      const named = selector === undefined ? undefined : byId(selector);
      if (named !== undefined) return yield [named];
      for (let upTo = newest.get() ?? 0; upTo > 0; upTo -= pageSize) {
        yield page.all({ word: selector ?? null, above: upTo - pageSize, upTo }).map(inWords);
      }
    },
    changedAfter: (version) => changed.all(version, pageSize).map(inWords),
    version: () => version.get() ?? 0,
    lastEnded: (of, count) => {
      const numbers = of === null ? lastOfAll.all({ count }) : lastOf.all({ of, count });
      return numbers.flatMap((number) => byId(`c${number}`) ?? []);
    },
    ranBetween: function* (from, to) {
      const numbers = between.all({ from, to }).toSorted((one, other) => one - other);
      for (let at = 0; at < numbers.length; at += pageSize) {
        yield numbers.slice(at, at + pageSize).flatMap((number) => byId(`c${number}`) ?? []);
      }
    },
    ...coverage,
    hosts: (id) => netsOf.get(numberOf(id))?.trimEnd().split('\n') ?? [],
  };
}
