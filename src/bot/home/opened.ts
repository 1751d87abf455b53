import type { Database } from 'better-sqlite3';
import type { Millis } from '../../capture/capture.ts';
import { patiently } from '../../capture/patience.ts';

/** Who looks away for longer opens their Home again, and it is drawn anew then. */
export const keptTrue: Millis = 3_600_000;

/** Somebody who opened their Home. */
export interface Opened {
  readonly user: string;
  readonly team: string;
}

/** Who opened their Home within the last hour, kept over restarts. */
export interface OpenedHomes {
  note(opened: Opened): Promise<void>;
  lately(): Opened[];
}

/** All SQL for the table homes. */
export function openHomes(database: Database, now: () => Millis): OpenedHomes {
  const prune = database.prepare('delete from homes where opened_at < ?');
  const note = database.prepare(
    `insert into homes (user, team, opened_at) values (?, ?, ?)
      on conflict (user) do update set team = excluded.team, opened_at = excluded.opened_at`,
  );
  const lately = database.prepare<[Millis], Opened>('select user, team from homes where opened_at >= ?');
  return {
    note: ({ user, team }) =>
      patiently(database, () => {
        prune.run(now() - keptTrue);
        note.run(user, team, now());
      }),
    lately: () => lately.all(now() - keptTrue),
  };
}
