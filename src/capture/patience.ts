import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { turn } from './turns.ts';

/** Milliseconds that one process waits for another's transaction. */
export const patience = 5_000;
/** The same where something was done already, and is to be noted: rather late than told as not done. */
export const untilNoted = 60_000;
/** So many of them on the event loop, where others wait for that; the rest are waited for beside it. */
export const moment = 50;
const tryEvery = 20;

/** How many wait for each handle: whoever comes after the first need not find out anew that it is locked. */
const waiting = new WeakMap<Database.Database, number>();

/**
 * Writes once no other process has the registry locked, at once where none has; the event loop has other work meanwhile.
 * @param write one statement or one transaction: begun again from its start where it found the registry locked
 * @param within milliseconds
 * @throws SQLITE_BUSY when it was locked for so long, and what `write` throws
 */
export async function patiently<Result>(
  database: Database.Database,
  write: () => Result,
  within: number = patience,
): Promise<Result> {
  const until = performance.now() + within;
  try {
    return (waiting.get(database) ?? 0) > 0 ? withoutWaiting(database, write) : write();
  } catch (error) {
    unlessLocked(error, until);
  }
  count(database, 1);
  try {
    for (;;) {
      await pause(tryEvery);
      // Of many who wait, each writes in a turn of its own.
      await turn();
      try {
        return withoutWaiting(database, write);
      } catch (error) {
        unlessLocked(error, until);
      }
    }
  } finally {
    count(database, -1);
  }
}

/** @throws the error where it is another, or the time is over */
function unlessLocked(error: unknown, until: number): void {
  const isLocked = error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
  if (!isLocked || performance.now() >= until) throw error;
}

function count(database: Database.Database, more: 1 | -1): void {
  waiting.set(database, (waiting.get(database) ?? 0) + more);
}

function withoutWaiting<Result>(database: Database.Database, write: () => Result): Result {
  const wait = database.pragma('busy_timeout', { simple: true });
  database.pragma('busy_timeout = 0');
  try {
    return write();
  } finally {
    database.pragma(`busy_timeout = ${wait}`);
  }
}
