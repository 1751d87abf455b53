import type { Capture, Micros, Millis, RingFileReport, RingSpan, SearchProgress } from '../capture/capture.ts';
import { isOpen } from '../capture/capture.ts';
import type { AuditEntry } from '../capture/orders.ts';
import type { Pin, Pinboard } from '../capture/pin.ts';
import { isoTime } from '../command/time.ts';

/** A value that JSON has. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** The document of a capture, with the keys that scripts rely on; times are ISO 8601 UTC, lengths bytes. */
export function captureJson(capture: Capture): { readonly [key: string]: Json } {
  const { counts, progress } = capture;
  return {
    id: capture.id,
    kind: capture.kind,
    state: capture.state,
    analyst: capture.analyst,
    description: capture.description,
    expression: capture.expression,
    interface: capture.interface,
    ring: capture.ring,
    savefile: capture.savefile,
    startedAt: iso(capture.startedAt),
    endedAt: iso(capture.endedAt),
    bytes: capture.bytes,
    packets: capture.packets,
    counts: counts && {
      captured: counts.captured,
      receivedByFilter: counts.receivedByFilter,
      droppedByKernel: counts.droppedByKernel,
    },
    sha256: capture.sha256,
    case: capture.case,
    ...(capture.hosts === null ? {} : { hosts: { ...capture.hosts } }),
    channel: capture.channel,
    ...(progress !== null && isOpen(capture.state) ? { progress: progressJson(progress) } : {}),
  };
}

/** The same with all else that is known: who ordered it, where it is, why it ended, the savefile's facts. */
export function wholeJson(capture: Capture, reports: readonly RingFileReport[]): { readonly [key: string]: Json } {
  const { facts, window, coverageByRing } = capture;
  return {
    ...captureJson(capture),
    orderedBy: capture.orderedBy,
    ...(capture.approvedBy === null ? {} : { approvedBy: capture.approvedBy }),
    path: capture.path,
    snaplen: capture.snaplen,
    why: capture.why,
    expanded: capture.expanded,
    limits: { ...capture.limits, deadline: iso(capture.limits.deadline) },
    keep: capture.keep,
    earlier: capture.earlier.map(({ endedAt, facts: _, counts, ...earlier }) => ({
      ...earlier,
      endedAt: iso(endedAt),
      counts: counts && { ...counts },
    })),
    window: window && { since: isoMicros(window.since), until: isoMicros(window.until) },
    facts: facts && { ...facts, firstAt: isoMicros(facts.firstAt), lastAt: isoMicros(facts.lastAt) },
    coverage: capture.coverage && { ...capture.coverage },
    ...(coverageByRing === null ? {} : { coverageByRing: { ...coverageByRing } }),
    ringSpans: capture.ringSpans.map(ringSpanJson),
    ...(capture.join === null ? {} : { join: { ...capture.join } }),
    ...(capture.joined === null ? {} : { joined: capture.joined.map((part) => ({ ...part })) }),
    ringFiles: reports.map(ringFileJson),
  };
}

function ringSpanJson({ at, from, to, writtenAt, holes, holesOver, ...ring }: RingSpan): Json {
  return {
    ...ring,
    at: iso(at),
    from: isoMicros(from),
    to: isoMicros(to),
    writtenAt: iso(writtenAt),
    holes: holes.map((hole) => ({ from: isoMicros(hole.from), to: isoMicros(hole.to) })),
    holesOver,
  };
}

export function ringFileJson({ ring, ...report }: RingFileReport): Json {
  return {
    ...(ring === undefined ? {} : { ring }),
    ...{ ...report, from: isoMicros(report.from), to: isoMicros(report.to) },
  };
}

export function auditJson(entry: AuditEntry): Json {
  return { ...entry, at: iso(entry.at), origin: { ...entry.origin } };
}

/** Milliseconds since the epoch as ISO 8601 UTC. */
export function iso(at: Millis): string;
export function iso(at: Millis | null): string | null;
export function iso(at: Millis | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

export function progressJson(progress: SearchProgress): Json {
  return { ...progress, reached: isoMicros(progress.reached) };
}

function isoMicros(at: Micros | null): string | null {
  return at === null ? null : isoTime(at);
}

export function pinJson({ window, pinnedAt, expiresAt, endedAt, lacking, ...pin }: Pin): Json {
  return {
    ...pin,
    window: { since: isoTime(window.since), until: isoTime(window.until) },
    pinnedAt: iso(pinnedAt),
    expiresAt: iso(expiresAt),
    endedAt: iso(endedAt),
    lacking: lacking.map(({ from, to, ...lack }) => ({
      ...lack,
      from: from === null ? null : isoTime(from),
      to: to === null ? null : isoTime(to),
    })),
  };
}

/** All that is pinned; sizes are bytes. */
export function pinboardJson({ pins, used, limit }: Pinboard): Json {
  return { pins: pins.map(pinJson), used, limit };
}
