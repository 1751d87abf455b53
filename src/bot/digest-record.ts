import type { Database } from 'better-sqlite3';
import type { Millis } from '../capture/capture.ts';
import { patiently } from '../capture/patience.ts';
import type { Claim } from '../reports/schedule.ts';
import { callTimeout } from './clients.ts';

/** Which days' digests a channel has. */
export interface DigestRecord {
  readonly lastPosted: () => string | null;
  readonly claim: (day: string) => Promise<Claim>;
  /** @param ts null when nobody knows whether the message is there */
  settle(day: string, ts: string | null): Promise<void>;
  /** Gives a claim back: the message is certainly not there. */
  release(day: string): Promise<void>;
}

/** All SQL for the table digests. */
export function digestRecord(database: Database, channel: string, now: () => Millis): DigestRecord {
  const newest = database.prepare<[string], { day: string | null }>(
    'select max(day) as day from digests where channel = ? and settled_at is not null',
  );
  const insert = database.prepare(
    'insert into digests (day, channel, claimed_at) values (?, ?, ?) on conflict do nothing',
  );
  const reclaim = database.prepare(
    'update digests set claimed_at = ? where day = ? and channel = ? and settled_at is null and claimed_at < ?',
  );
  const settle = database.prepare('update digests set settled_at = ?, ts = ? where day = ? and channel = ?');
  const release = database.prepare('delete from digests where day = ? and channel = ? and settled_at is null');
  return {
    lastPosted: () => newest.get(channel)?.day ?? null,
    claim: (day) =>
      patiently(database, () => {
        if (insert.run(day, channel, now()).changes === 1) return 'new';
        // A younger claim may be a request that is still under way.
        return reclaim.run(now(), day, channel, now() - callTimeout).changes === 1 ? 'unsettled' : 'taken';
      }),
    settle: (day, ts) => patiently(database, () => void settle.run(now(), ts, day, channel)),
    release: (day) => patiently(database, () => void release.run(day, channel)),
  };
}
