import type Database from 'better-sqlite3';

/**
 * Writes what need not outlast a power cut: it is in the file for every process at once, and on the disk with the next transaction that must
 * be. In the write-ahead log nothing that comes later can outlast it (sqlite.org/pragma.html, "synchronous"). So an event loop does not wait for the disk.
 */
export function unsynced<Result>(database: Database.Database, write: () => Result): Result {
  // Within a transaction it is for that to say.
  if (database.inTransaction) return write();
  database.pragma('synchronous = NORMAL');
  try {
    return write();
  } finally {
    database.pragma('synchronous = FULL');
  }
}
