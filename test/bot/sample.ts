import { readFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import pino, { type Logger } from 'pino';
import { parse } from 'yaml';
import type { Capture, CaptureId } from '../../src/capture/capture.ts';

export const manifest: unknown = parse(readFileSync(new URL('../../manifest.yml', import.meta.url), 'utf8'));

/** A database with the bot's own tables. */
export function botDatabase(file = ':memory:'): Database.Database {
  const database = new Database(file);
  database.exec(readFileSync(new URL('../../src/schema/002-slack.sql', import.meta.url), 'utf8'));
  return database;
}

/** A log that keeps its lines. */
export function keptLog(): { readonly log: Logger; readonly lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  return { log, lines };
}

/** A live capture that runs, ordered in Slack's channel C1. */
export function liveCapture(given: Partial<Capture> = {}): Capture {
  const id: CaptureId = given.id ?? 'c1';
  return {
    id,
    kind: 'live',
    state: 'running',
    analyst: 'grant',
    orderedBy: 'grant',
    description: 'traffic to shop',
    expression: 'host 192.0.2.7',
    case: null,
    interface: 'eth1',
    ring: null,
    window: null,
    expanded: null,
    limits: { deadline: null, bytes: null, packets: null, near: false },
    keep: false,
    earlier: [],
    snaplen: 262144,
    savefile: 'grant_traffic.to.shop_Tue.Nov24.2026-02.10.05.UTC_1795486205_.pcap',
    path: '/captures/grant_traffic.to.shop_Tue.Nov24.2026-02.10.05.UTC_1795486205_.pcap',
    channel: 'C1',
    startedAt: 1_795_486_205_000,
    endedAt: null,
    why: null,
    bytes: null,
    packets: null,
    counts: null,
    sha256: null,
    facts: null,
    progress: null,
    coverage: null,
    version: 1,
    ...given,
  };
}

/** A search that runs, ordered in Slack's channel C1. */
export function searchCapture(given: Partial<Capture> = {}): Capture {
  return liveCapture({
    kind: 'past',
    interface: null,
    ring: 'dmz',
    window: { since: null, until: null },
    progress: { filesDone: 3, filesTotal: 10, bytesDone: 30, bytesTotal: 100, reached: null, packets: 4 },
    ...given,
  });
}
