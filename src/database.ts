import { closeSync, mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { CaptureError } from './capture/errors.ts';

const schemaDirectory = new URL('./schema/', import.meta.url);

/**
 * Opens the installation's SQLite database in its state directory and brings its schema up to date, `schema/*.sql` in order.
 * Several processes have it open at once: write-ahead log, each commit on disk before it counts.
 * @throws CaptureError `tool_failed` when it cannot be opened, `conflict` when a newer release wrote it
 */
export function openDatabase(stateDirectory: string): Database.Database {
  const file = join(stateDirectory, 'registry.sqlite');
  try {
    mkdirSync(stateDirectory, { recursive: true, mode: 0o750 });
    // SQLite makes its files readable for everybody; those beside this one take its mode.
    closeSync(openSync(file, 'a', 0o640));
    const database = new Database(file, { timeout: 5_000 });
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    migrate(database, file);
    return database;
  } catch (cause) {
    if (cause instanceof CaptureError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CaptureError('tool_failed', `the registry ${file} cannot be opened: ${why}`, { cause });
  }
}

function migrate(database: Database.Database, file: string): void {
  const steps = readdirSync(schemaDirectory)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  const done = () => Number(database.pragma('user_version', { simple: true }));
  if (done() > steps.length) {
    throw new CaptureError('conflict', `${file} was written by a newer release of capture: update this one`);
  }
  if (done() === steps.length) return;
  // Immediate: two processes that start at once must not both apply a step.
  database
    .transaction(() => {
      for (const [at, step] of steps.entries()) {
        if (at < done()) continue;
        database.exec(readFileSync(new URL(step, schemaDirectory), 'utf8'));
        database.pragma(`user_version = ${at + 1}`);
      }
    })
    .immediate();
}
