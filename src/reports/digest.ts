import { originInWords } from '../capture/analyst.ts';
import type { Capture, Millis } from '../capture/capture.ts';
import type { Day, DoubtfulSavefile } from '../capture/evidence.ts';
import type { AuditEntry, AuditOutcome, ChainHead } from '../capture/orders.ts';
import type { Pinboard } from '../capture/pin.ts';
import { filesMissed } from './coverage.ts';
import { dayBounds } from './day.ts';
import { type DiskForecast, forecast } from './disk.ts';
import { holesInWords } from './holes.ts';

/** A day of a sensor in plain values, ready to be told anywhere. Lists are oldest first. */
export interface Digest {
  readonly sensor: string;
  /** The day, `yyyy-mm-dd` in `timezone`; `from` and before `to` are its bounds. */
  readonly date: string;
  readonly timezone: string;
  readonly from: Millis;
  readonly to: Millis;
  readonly madeAt: Millis;
  /** The day is not over yet: these are its numbers so far. */
  readonly soFar: boolean;
  /** Nothing was started, searched, ended, refused or went wrong; captures of earlier days may still run. */
  readonly quiet: boolean;
  /** What ran at the day's end, whatever has become of it since. */
  readonly running: readonly Capture[];
  /** Live captures started in the day, except those that failed to. */
  readonly started: readonly Capture[];
  /** Searches begun in the day, except those that failed to. */
  readonly searched: readonly Capture[];
  /** Live captures and searches that ended in the day, whichever way. */
  readonly ended: readonly Capture[];
  readonly attention: Attention;
  readonly refused: readonly Attempted[];
  readonly analysts: readonly AnalystDay[];
  /** Bytes of the savefiles completed in the day that retention has not deleted since. */
  readonly bytesKept: number;
  readonly disk: DiskForecast;
  /** What is pinned when the report is made. */
  readonly pinned: Pinboard;
  /** Orders that only looked: list, show, audit, digest, whoami, help. */
  readonly looks: number;
  readonly head: ChainHead;
}

/** What somebody has to look at: what evidence is no longer sure of as the report is made, its holes, and things that broke. */
export interface Attention {
  /** What the audit log's hash chain, or its guard, lacks; null where it holds. */
  readonly audit: Pick<Day['chain'], 'broken' | 'unguarded'> | null;
  /** Savefiles that may not verify, of whichever day. */
  readonly doubtful: readonly DoubtfulSavefile[];
  /** Captures that died or failed to start. */
  readonly broken: readonly Capture[];
  /** Captures whose evidence has a hole, unless they are among the broken, whose reason tells it. */
  readonly holed: readonly Capture[];
  /** Searches that had to leave ring files of their window out, or parts of them. */
  readonly gaps: readonly Capture[];
  /** Orders that failed or of which nobody knows how they ended, unless their capture is among the broken. */
  readonly failed: readonly Attempted[];
}

/** An order that was refused or that failed. */
export interface Attempted {
  readonly at: Millis;
  readonly outcome: AuditOutcome;
  /** Null for a stranger and for the engine itself; then `from` says which. */
  readonly analyst: string | null;
  /** The door and the identity there, in words. */
  readonly from: string;
  /** Who and where in Slack; null for another door. */
  readonly slack: { readonly user: string; readonly channel: string } | null;
  readonly verb: string;
  readonly words: string;
  readonly why: string | null;
}

/** One analyst's day; captures count for whom they are, orders for who gave them. */
export interface AnalystDay {
  readonly analyst: string;
  readonly started: number;
  readonly searched: number;
  readonly ended: number;
  readonly running: number;
  readonly refused: number;
  readonly bytesKept: number;
}

export interface DigestOf {
  readonly date: string;
  readonly timezone: string;
  readonly sensor: string;
  readonly now: Millis;
}

/**
 * The report on a day: `day` is what engine.day() gave for the bounds that dayBounds() names for the date and zone.
 * @throws CaptureError `bad_request` for a date or zone that does not exist
 */
export function digestOf(day: Day, { date, timezone, sensor, now }: DigestOf): Digest {
  const { from, to } = dayBounds(date, timezone);
  const inDay = (at: Millis | null) => at !== null && at >= from && at < to;
  const captures = day.captures.toSorted((one, other) => one.startedAt - other.startedAt);
  const entries = day.entries.filter((entry) => inDay(entry.at));
  const begun = captures.filter((capture) => inDay(capture.startedAt) && capture.state !== 'failed');
  const sorted = {
    running: captures.filter(
      (capture) => capture.startedAt < to && (capture.endedAt === null || capture.endedAt >= to),
    ),
    started: begun.filter((capture) => capture.kind === 'live'),
    searched: begun.filter(({ kind, joined }) => kind === 'past' && joined === null),
    ended: captures.filter((capture) => inDay(capture.endedAt) && capture.state !== 'failed'),
    refused: entries.filter((entry) => entry.outcome === 'refused').map(attempted),
  };
  const deleted = new Set<string>(day.deleted);
  const bytesKept = (some: readonly Capture[]) => bytesOf(some.filter(({ id }) => !deleted.has(id)));
  const told = attentionTo(
    captures.filter((capture) => inDay(capture.endedAt)),
    sorted.running,
    entries,
  );
  const attention = { audit: faultsOf(day.chain), doubtful: day.doubtful, ...told };
  const wrong = Object.values(told).reduce((sum, list) => sum + list.length, day.doubtful.length);
  return {
    ...{ sensor, date, timezone, from, to, madeAt: now, soFar: now < to },
    ...sorted,
    quiet:
      sorted.started.length + sorted.searched.length + sorted.ended.length + sorted.refused.length + wrong === 0 &&
      attention.audit === null,
    attention,
    analysts: analystDays(sorted, bytesKept),
    bytesKept: bytesKept(sorted.ended),
    pinned: day.pinned,
    disk: forecast(day, { from, to: Math.max(from + 1, Math.min(to, now)) }),
    looks: entries.filter(isLook).length,
    head: day.head,
  };
}

function attentionTo(
  ended: readonly Capture[],
  running: readonly Capture[],
  entries: readonly AuditEntry[],
): Omit<Attention, 'audit' | 'doubtful'> {
  const broken = ended.filter((capture) => capture.state === 'died' || capture.state === 'failed');
  const ran = ended.filter((capture) => capture.state !== 'failed');
  const told = new Set<string | null>(broken.map((capture) => capture.id));
  return {
    broken,
    holed: [...ran, ...running].filter((capture) => holesInWords(capture).length > 0 && !told.has(capture.id)),
    gaps: ran.filter((capture) => filesMissed(capture.coverage) > 0),
    failed: entries
      .filter((entry) => (entry.outcome === 'failed' || entry.outcome === 'unknown') && !told.has(entry.capture))
      .map(attempted),
  };
}

function faultsOf({ broken, unguarded }: Day['chain']): Attention['audit'] {
  return broken === null && unguarded.length === 0 ? null : { broken, unguarded };
}

/** Who gave an order, for a report: `grant`, `stranger slack:T1/U2 in C3`. */
export function whoOf({ analyst, from }: Attempted): string {
  return analyst ?? (from === 'engine' ? from : `stranger ${from}`);
}

/** What an analyst did in a day, without what they did not: `2 started`, `1 refused`. */
export function didInWords(day: AnalystDay): string[] {
  const did = [
    [day.started, 'started'],
    [day.searched, 'searched'],
    [day.ended, 'ended'],
    [day.running, 'running'],
    [day.refused, 'refused'],
  ] as const;
  return did.filter(([times]) => times > 0).map(([times, what]) => `${times} ${what}`);
}

function attempted(entry: AuditEntry): Attempted {
  const { origin } = entry;
  return {
    at: entry.at,
    outcome: entry.outcome,
    analyst: entry.analyst,
    from: originInWords(origin),
    slack: origin.door === 'slack' ? { user: origin.user, channel: origin.channel } : null,
    verb: entry.verb,
    words: entry.words,
    why: entry.detail,
  };
}

type Sorted = Pick<Digest, 'running' | 'started' | 'searched' | 'ended' | 'refused'>;

function analystDays(
  { running, started, searched, ended, refused }: Sorted,
  bytesKept: (captures: readonly Capture[]) => number,
): AnalystDay[] {
  const known = refused.flatMap((attempt) => attempt.analyst ?? []);
  const owners = [...running, ...started, ...searched, ...ended].map((capture) => capture.analyst);
  return [...new Set([...owners, ...known])].toSorted().map((analyst) => {
    const theirs = (captures: readonly Capture[]) => captures.filter((capture) => capture.analyst === analyst);
    return {
      analyst,
      started: theirs(started).length,
      searched: theirs(searched).length,
      ended: theirs(ended).length,
      running: theirs(running).length,
      refused: known.filter((who) => who === analyst).length,
      bytesKept: bytesKept(theirs(ended)),
    };
  });
}

/** What only looks is written as one entry, done at once; what acts settles an earlier one. */
function isLook(entry: AuditEntry): boolean {
  return entry.outcome === 'done' && entry.settles === null;
}

function bytesOf(captures: readonly Capture[]): number {
  return captures.reduce((sum, capture) => sum + (capture.bytes ?? 0), 0);
}
