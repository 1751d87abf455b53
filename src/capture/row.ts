import { join } from 'node:path';
import type {
  Capture,
  Counts,
  EarlierSavefile,
  Facts,
  Join,
  JoinedPart,
  Kind,
  Millis,
  RingFileOutcome,
  RingSpan,
  SearchProgress,
  State,
  Tally,
} from './capture.ts';

/** A capture's row in the registry (schema/001-captures.sql). */
export interface Row {
  number: number;
  kind: Kind;
  state: State;
  analyst: string;
  ordered_by: string;
  approved_by: string | null;
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
  deadline: Millis | null;
  deadline_uptime: Millis | null;
  boot: string | null;
  asked_for: Millis | null;
  max_bytes: number | null;
  max_packets: number | null;
  ending: 'stopped' | 'finished' | 'cancelled' | 'died' | 'failed' | null;
  ending_at: Millis | null;
  keep: 0 | 1;
  expanded: string | null;
  ring_span: string | null;
  part_of: number | null;
  joined: string | null;
  version: number;
}

/** An earlier savefile's row (schema/004-supervision.sql). */
export interface EarlierRow {
  savefile: string;
  ended_at: Millis;
  why: string;
  bytes: number | null;
  packets: number | null;
  counts: string | null;
  facts: string | null;
  sha256: string | null;
}

/** What a list of hosts is in short (schema/007-indicators.sql). */
export interface HostsRow {
  entries: number;
  sha256: string;
  behind_tags: 0 | 1;
}

/** A line of the coverage statement's summary. */
export interface OutcomeCount {
  /** Null where one ring was searched. */
  readonly ring: string | null;
  readonly outcome: RingFileOutcome;
  readonly files: number;
}

/** The capture that a row tells of. @param directory where savefiles are */
export function captureOf(
  row: Row,
  directory: string,
  {
    outcomes,
    earlier,
    hosts,
    join: partOf,
  }: {
    outcomes: readonly OutcomeCount[];
    earlier: readonly EarlierRow[];
    hosts: HostsRow | undefined;
    join: Join | null;
  },
): Capture {
  return {
    id: `c${row.number}`,
    kind: row.kind,
    state: row.state,
    analyst: row.analyst,
    orderedBy: row.ordered_by,
    approvedBy: row.approved_by,
    description: row.description,
    expression: row.expression,
    case: row.incident,
    interface: row.interface,
    ring: row.ring,
    window: row.kind === 'past' ? { since: row.since, until: row.until } : null,
    snaplen: row.snaplen,
    expanded: row.expanded,
    hosts: hosts ? { entries: hosts.entries, sha256: hosts.sha256, behindTags: hosts.behind_tags === 1 } : null,
    limits: {
      deadline: row.deadline,
      bytes: row.max_bytes,
      packets: row.max_packets,
      near: row.deadline !== null && row.asked_for === row.deadline && row.ended_at === null,
    },
    keep: row.keep === 1,
    earlier: earlier.map(earlierOf),
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
    coverage: outcomes.length > 0 ? tallyOf(outcomes) : null,
    coverageByRing: byRing(outcomes),
    ringSpans: parsed<RingSpan[]>(row.ring_span) ?? [],
    join: partOf,
    joined: parsed<JoinedPart[]>(row.joined),
    version: row.version,
  };
}

function tallyOf(outcomes: readonly OutcomeCount[]): Tally {
  const tally: Partial<Record<RingFileOutcome, number>> = {};
  for (const { outcome, files } of outcomes) tally[outcome] = (tally[outcome] ?? 0) + files;
  return tally;
}

function byRing(outcomes: readonly OutcomeCount[]): Readonly<Record<string, Tally>> | null {
  const rings = [...new Set(outcomes.flatMap(({ ring }) => ring ?? []))];
  if (rings.length === 0) return null;
  return Object.fromEntries(rings.map((name) => [name, tallyOf(outcomes.filter(({ ring }) => ring === name))]));
}

function earlierOf({ ended_at, counts, facts, ...row }: EarlierRow): EarlierSavefile {
  return { ...row, endedAt: ended_at, counts: parsed<Counts>(counts), facts: parsed<Facts>(facts) };
}

/** The number in an id such as `c12`; -1, which no capture has, for anything else. */
export function numberOf(id: string): number {
  const match = /^c([1-9]\d{0,14})$/i.exec(id.trim());
  return match ? Number(match[1]) : -1;
}

function parsed<Value>(json: string | null): Value | null {
  return json === null ? null : (JSON.parse(json) as Value);
}
