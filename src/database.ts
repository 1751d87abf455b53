import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { CaptureError } from './capture/errors.ts';
import { patience } from './capture/patience.ts';

const schemaDirectory = new URL('./schema/', import.meta.url);

/**
 * Opens the installation's SQLite database in its state directory and brings its schema up to date, `schema/*.sql` in order.
 * Several processes have it open at once: write-ahead log, each commit on disk before it counts.
 * @param wait milliseconds that a statement waits for another process once it is open, and with it the event loop
 * @throws CaptureError as `registryTrouble` says, `conflict` when a newer release wrote it, `tool_failed` when it was lost
 */
export function openDatabase(stateDirectory: string, wait: number = patience): Database.Database {
  const file = registryFile(stateDirectory);
  let database: Database.Database | undefined;
  try {
    mkdirSync(stateDirectory, { recursive: true, mode: 0o750 });
    if (wasLost(stateDirectory)) {
      const lost = `the registry ${file} was lost, it is gone or empty: what runs goes on running; ${rebuild}`;
      throw new CaptureError('tool_failed', lost);
    }
    // SQLite makes its files readable for everybody; those beside this one take its mode.
    closeSync(openSync(file, 'a', 0o640));
    database = new Database(file, { timeout: patience });
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    migrate(database, file);
    database.pragma(`busy_timeout = ${wait}`);
    return database;
  } catch (cause) {
    database?.close();
    if (cause instanceof CaptureError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw (
      registryTrouble(cause, stateDirectory) ??
      new CaptureError('tool_failed', `the registry ${file} cannot be opened: ${why}`, { cause })
    );
  }
}

/** The registry's file in a state directory. */
export function registryFile(stateDirectory: string): string {
  return join(stateDirectory, 'registry.sqlite');
}

/**
 * Whether a registry that was there is gone or empty: tcpdump's words, in state/tcpdump, are written only after one was made. SQLite would
 * make a new one without a word, and ids would be given twice.
 */
export function wasLost(stateDirectory: string): boolean {
  const bytes = statSync(registryFile(stateDirectory), { throwIfNoEntry: false })?.size ?? 0;
  return bytes === 0 && existsSync(join(stateDirectory, 'tcpdump'));
}

/**
 * What SQLite's own errors mean to whoever runs the sensor (https://www.sqlite.org/rescode.html): `conflict` when another process holds the
 * registry, `no_room` on a full disk, `tool_failed` when it is damaged or out of reach. Undefined for what is no trouble of the file: a bug.
 * @param waited milliseconds for which another process had it locked
 */
export function registryTrouble(
  error: unknown,
  stateDirectory: string,
  waited: number = patience,
): CaptureError | undefined {
  if (!(error instanceof Database.SqliteError)) return undefined;
  const file = registryFile(stateDirectory);
  const trouble = (code: CaptureError['code'], words: string) =>
    new CaptureError(code, `the registry ${file} ${words}`, { cause: error });
  if (isDamage(error)) {
    return trouble('tool_failed', `is damaged (${error.message}): what runs goes on running; ${rebuild}`);
  }
  const full = trouble('no_room', 'cannot grow, the disk is full: make room, and try again');
  // The -shm file that cannot grow: SQLite has no other word for it.
  if (error.code === 'SQLITE_IOERR_SHMSIZE') return full;
  // SQLITE_CORRUPT_INDEX and the like are told apart behind a second underscore.
  switch (/^SQLITE_([A-Z]+)/.exec(error.code)?.[1]) {
    case 'BUSY':
    case 'LOCKED':
    case 'PROTOCOL':
      return trouble(
        'conflict',
        `has been locked by another process for ${waited / 1000} s: try again; fuser -v ${file} names it`,
      );
    case 'FULL':
      return full;
    case 'IOERR':
      return trouble('tool_failed', `cannot be read or written (${error.code}): look at the disk with dmesg`);
    case 'CANTOPEN':
    case 'READONLY':
    case 'PERM':
      return trouble('tool_failed', `is not open to this user: run capture as the owner of ${stateDirectory}`);
    default:
      return undefined;
  }
}

/** Whether an error passes by itself or with somebody's help: another process has the registry locked, or its disk is full; put into words, too. */
export function isPassing(error: unknown): boolean {
  const code = registryTrouble(error instanceof CaptureError ? error.cause : error, '')?.code;
  return code === 'conflict' || code === 'no_room';
}

/** Whether an error says that the file itself is damaged. */
export function isDamage(error: unknown): boolean {
  return error instanceof Database.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code);
}

/** The schema that this release brings a registry to: how many steps there are. */
export function newestSchema(): number {
  return schemaSteps().length;
}

const rebuild = 'capture doctor says more, capture doctor --rebuild makes a new one from the sidecars';

function migrate(database: Database.Database, file: string): void {
  const steps = schemaSteps();
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

function schemaSteps(): string[] {
  return readdirSync(schemaDirectory)
    .filter((name) => name.endsWith('.sql'))
    .sort();
}
