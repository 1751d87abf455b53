import { existsSync, readdirSync } from 'node:fs';
import Database from 'better-sqlite3';
import { CaptureError } from '../capture/errors.ts';
import type { Config } from '../config.ts';
import { isDamage, newestSchema, registryFile, registryTrouble, wasLost } from '../database.ts';
import { type Finding, skipped } from './finding.ts';
import { placeAt } from './place.ts';

/** The state of an installation's registry. */
export type Condition =
  /** Nothing was ever captured here, and there is no registry. */
  | { readonly is: 'new' }
  | { readonly is: 'healthy'; readonly schema: number; readonly wal: boolean; readonly captures: number }
  /** Savefiles are there, and the registry that knew them is gone or empty. */
  | { readonly is: 'lost'; readonly why: string }
  | { readonly is: 'damaged'; readonly why: string }
  /** It cannot be judged: locked, not ours to read, of a newer release. */
  | { readonly is: 'closed'; readonly why: string };

/** Looks at the registry without changing a byte of it; SQLite itself may leave its -wal and -shm files beside it. */
export function conditionOf(config: Config): Condition {
  const file = registryFile(config.state);
  const place = placeAt(file);
  if (place.is === 'closed') return { is: 'closed', why: `this user may not look into ${place.by}` };
  const bytes = place.is === 'there' ? place.stats.size : undefined;
  if (!bytes) {
    const lost = wasLost(config.state) || sidecarsIn(config.captures) > 0;
    return lost ? { is: 'lost', why: `${file} is ${bytes === undefined ? 'gone' : 'empty'}` } : { is: 'new' };
  }
  try {
    return reading(config, (database) => look(database, config));
  } catch (error) {
    const trouble = registryTrouble(error, config.state);
    if (trouble === undefined) throw error;
    return isDamage(error) ? { is: 'damaged', why: messageOf(error) } : { is: 'closed', why: trouble.message };
  }
}

/** Whether the registry's rows can be read as this release knows them. */
export function isReadable(condition: Condition): boolean {
  return condition.is === 'healthy' && condition.schema === newestSchema();
}

/**
 * A check that looks into the registry for longer than one statement: made where it can be read; nothing is said where there is none yet.
 * @param unread what is said where it cannot be read
 */
export async function checkIn(
  config: Config,
  condition: Condition,
  { check, unread }: { readonly check: string; readonly unread: string },
  look: (database: Database.Database) => Promise<Finding>,
): Promise<Finding[]> {
  if (condition.is === 'new') return [];
  if (!isReadable(condition)) return [skipped(check, `${unread}: no registry can be read`)];
  return [await readingOn(config, look)];
}

/** Reads the registry as it is, for longer than one statement. */
export async function readingOn<Result>(
  config: Config,
  read: (database: Database.Database) => Promise<Result>,
): Promise<Result> {
  const database = openToRead(config);
  try {
    return await read(database);
  } finally {
    database.close();
  }
}

/** Opens the registry as it is, without the schema being brought up to date. */
function openToRead(config: Config): Database.Database {
  return new Database(registryFile(config.state), { readonly: true, fileMustExist: true, timeout: 5_000 });
}

/** Reads the registry as it is. */
export function reading<Result>(config: Config, read: (database: Database.Database) => Result): Result {
  const database = openToRead(config);
  try {
    return read(database);
  } finally {
    database.close();
  }
}

/** How many sidecars lie beside the savefiles. */
export function sidecarsIn(captures: string): number {
  if (!existsSync(captures)) return 0;
  try {
    return readdirSync(captures).filter((name) => /\.pcap(ng)?\.json$/.test(name)).length;
  } catch (cause) {
    throw new CaptureError('tool_failed', `${captures} cannot be looked into by this user`, { cause });
  }
}

function look(database: Database.Database, config: Config): Condition {
  const faults = database.pragma('quick_check(3)', { simple: false }) as readonly { quick_check: string }[];
  // SQLite begins a list of faults with a line that names the database.
  const told = faults.map(({ quick_check }) => quick_check.replace(/^\*\*\*.*\n/, '').replaceAll('\n', '; '));
  if (told[0] !== 'ok') return { is: 'damaged', why: told.join('; ') };
  const schema = Number(database.pragma('user_version', { simple: true }));
  if (schema > newestSchema())
    return { is: 'closed', why: `${registryFile(config.state)} was written by a newer release of capture` };
  const captures = schema === 0 ? 0 : Number(database.prepare('SELECT count(*) FROM captures').pluck().get());
  if (captures === 0 && sidecarsIn(config.captures) > 0) {
    return { is: 'lost', why: `${registryFile(config.state)} knows no capture, although sidecars are there` };
  }
  return { is: 'healthy', schema, wal: database.pragma('journal_mode', { simple: true }) === 'wal', captures };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
