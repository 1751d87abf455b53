import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import type { Database } from 'better-sqlite3';
import type { Millis } from '../capture/capture.ts';
import type { AskedSearch } from '../capture/orders.ts';
import { patiently } from '../capture/patience.ts';
import { registryTrouble } from '../database.ts';
import type { SlackOrigin } from './analysts.ts';

/** So long a question may be answered: after that the ring is another, and the person has gone on. */
export const answerable: Millis = 15 * 60_000;

/** A search that waits for its person's word, with the words as they were typed. */
export interface Unconfirmed {
  readonly asked: AskedSearch;
  readonly words: string;
}

/** Searches that wait for a word of whoever typed them, kept over restarts. */
export interface UnconfirmedSearches {
  /** @returns the id that a button carries */
  keep(search: Unconfirmed, origin: SlackOrigin): Promise<string>;
  /** Takes one out, for the person who typed it alone; undefined when it was answered before, is too old, or is somebody else's. */
  take(id: string, origin: SlackOrigin): Promise<Unconfirmed | undefined>;
}

/** All SQL for the table unconfirmed; throws CaptureError as `registryTrouble` says. */
export function openUnconfirmed(database: Database, now: () => Millis): UnconfirmedSearches {
  const forget = database.prepare('delete from unconfirmed where asked_at < ?');
  const insert = database.prepare(
    'insert into unconfirmed (id, team, user, words, command, asked_at) values (?, ?, ?, ?, ?, ?)',
  );
  // One statement: of two clicks one has it.
  const take = database.prepare<[string, string, string, Millis], { words: string; command: string }>(
    'delete from unconfirmed where id = ? and team = ? and user = ? and asked_at >= ? returning words, command',
  );
  const inWords = async <Result>(act: () => Result): Promise<Result> => {
    try {
      return await patiently(database, act);
    } catch (error) {
      throw registryTrouble(error, dirname(database.name)) ?? error;
    }
  };
  return {
    keep: ({ asked, words }, { team, user }) =>
      inWords(() => {
        const id = randomUUID();
        forget.run(now() - answerable);
        insert.run(id, team, user, words, JSON.stringify(asked), now());
        return id;
      }),
    take: (id, { team, user }) =>
      inWords(() => {
        const row = take.get(id, team, user, now() - answerable);
        return row && { asked: JSON.parse(row.command) as AskedSearch, words: row.words };
      }),
  };
}
