import type Database from 'better-sqlite3';
import type { Capture, CaptureId, RingFileOutcome, RingFileReport, Tally } from './capture.ts';
import type { Deadline, WholeHostList } from './record.ts';
import { hostsRow, insertHosts } from './registry.ts';
import { numberOf } from './row.ts';

/** A capture that goes into a registry made anew: what its sidecar, its process or its file tell of it. */
export interface Restored extends Omit<Capture, 'id' | 'path' | 'progress' | 'version' | 'hosts' | 'join'> {
  readonly hosts: WholeHostList | null;
  /** The id that it had; null where that is not known. */
  readonly id: CaptureId | null;
  /** The name of its file now. */
  readonly file: string;
  readonly tcpdump: string | null;
  readonly deadline: Deadline | null;
}

export interface Restoring {
  /** Writes a capture with its own id, or with the next above all that were ever given. */
  put(restored: Restored): CaptureId;
  /** No id up to this number is given again. */
  passOver(number: number): void;
}

/** All SQL that makes a registry anew; everything else changes captures through `openRegistry`. @param owner the process that does it */
export function openRestoring(database: Database.Database, owner: string): Restoring {
  const insert = database.prepare<[Record<string, unknown>]>(`
    INSERT INTO captures (number, kind, state, analyst, ordered_by, description, expression, incident, interface, ring, since, until,
      snaplen, savefile, file, channel, started_at, ended_at, why, bytes, packets, counts, sha256, facts, owner, tcpdump, expanded, keep,
      max_bytes, max_packets, deadline, deadline_uptime, boot, ring_span, joined, approved_by)
    VALUES (:number, :kind, :state, :analyst, :orderedBy, :description, :expression, :case, :interface, :ring, :since, :until,
      :snaplen, :savefile, :file, :channel, :startedAt, :endedAt, :why, :bytes, :packets, :counts, :sha256, :facts, :owner, :tcpdump,
      :expanded, :keep, :maxBytes, :maxPackets, :deadline, :uptime, :boot, :ringSpan, :joined, :approvedBy)`);
  const addReport = database.prepare(`INSERT INTO coverage VALUES (?, ?, ?, ?, NULL, NULL, 0, ?, ?)`);
  const addEarlier = database.prepare<[Record<string, unknown>]>(`
    INSERT INTO earlier (capture, savefile, ended_at, why, bytes, packets, counts, facts, sha256)
    VALUES (:number, :savefile, :endedAt, :why, :bytes, :packets, :counts, :facts, :sha256)`);
  const addHosts = database.prepare<[Record<string, unknown>]>(insertHosts);
  const given = database.prepare<[], { seq: number }>(`SELECT seq FROM sqlite_sequence WHERE name = 'captures'`);
  const first = database.prepare(`INSERT INTO sqlite_sequence VALUES ('captures', ?)`);
  const raise = database.prepare(`UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'captures'`);

  return {
    put: (restored) => {
      const { lastInsertRowid } = insert.run({ ...columns(restored), owner });
      const number = Number(lastInsertRowid);
      for (const [position, report] of reportsOf(restored).entries()) {
        addReport.run(number, position, report.file, report.outcome, report.detail, report.ring ?? null);
      }
      for (const { counts, facts, ...earlier } of restored.earlier) {
        addEarlier.run({ ...earlier, number, counts: json(counts), facts: json(facts) });
      }
      if (restored.hosts !== null) addHosts.run(hostsRow(number, restored.hosts));
      return `c${number}`;
    },
    passOver: (number) => {
      if (given.get() === undefined) first.run(number);
      else raise.run(number);
    },
  };
}

/** A sidecar has only how many ring files there were of each outcome. None at all would read as if nothing had been looked through. */
function reportsOf({
  kind,
  coverage,
  coverageByRing,
  joined,
}: Restored): Pick<RingFileReport, 'ring' | 'file' | 'outcome' | 'detail'>[] {
  if (joined !== null) return [];
  if (kind === 'past' && coverage === null) {
    return [{ file: 'coverage statement', outcome: 'unreadable', detail: 'lost with the registry' }];
  }
  if (coverageByRing === null) return linesOf(coverage ?? {}, undefined);
  return Object.entries(coverageByRing).flatMap(([ring, tally]) => linesOf(tally, ring));
}

function linesOf(tally: Tally, ring: string | undefined) {
  return (Object.entries(tally) as [RingFileOutcome, number][]).flatMap(([outcome, files]) =>
    Array.from({ length: files }, () => ({ ring, file: 'name lost with the registry', outcome, detail: null })),
  );
}

function columns({
  id,
  window,
  counts,
  facts,
  limits,
  keep,
  deadline,
  coverage: _,
  coverageByRing: ____,
  earlier: __,
  hosts: ___,
  ringSpans,
  ...plain
}: Restored) {
  return {
    ...plain,
    number: id === null ? null : numberOf(id),
    since: window?.since ?? null,
    until: window?.until ?? null,
    counts: json(counts),
    facts: json(facts),
    ringSpan: ringSpans.length === 0 ? null : json(ringSpans),
    joined: json(plain.joined),
    keep: keep ? 1 : 0,
    maxBytes: limits.bytes,
    maxPackets: limits.packets,
    deadline: deadline?.at ?? limits.deadline,
    uptime: deadline?.uptime ?? null,
    boot: deadline?.boot ?? null,
  };
}

function json(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}
