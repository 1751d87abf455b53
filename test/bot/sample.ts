import { readFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import pino, { type Logger } from 'pino';
import { parse } from 'yaml';
import type { Message } from '../../src/bot/messages.ts';
import type { Capture } from '../../src/capture/capture.ts';
import { runningCapture } from '../running-capture.ts';

export const manifest: unknown = parse(readFileSync(new URL('../../manifest.yml', import.meta.url), 'utf8'));

/** A database with the bot's own tables. */
export function botDatabase(file = ':memory:'): Database.Database {
  const database = new Database(file);
  for (const tables of [
    '001-captures.sql',
    '002-slack.sql',
    '010-preflight.sql',
    '012-homes.sql',
    '013-living-messages.sql',
    '015-approval.sql',
    '016-attempts.sql',
    '017-threads.sql',
    '018-approval-warnings.sql',
  ])
    database.exec(readFileSync(new URL(`../../src/schema/${tables}`, import.meta.url), 'utf8'));
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
  return runningCapture({ id: 'c1', channel: 'C1', ...given });
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

/** The message in channel C1 of what was there in version 1, and ran. */
export function postedMessage(given: Partial<Message> = {}): Message {
  return {
    capture: 'c1',
    part: 'main',
    about: 0,
    channel: 'C1',
    op: 'o1',
    ts: '1.1',
    sentVersion: 1,
    sentState: 'running',
    sentAt: 10_000,
    editedAt: null,
    settled: 0,
    trouble: null,
    attemptedAt: null,
    ...given,
  };
}
