import { accessSync, chmodSync, chownSync, closeSync, constants, fsyncSync, openSync, statSync } from 'node:fs';
import type { Actor } from '../../capture/analyst.ts';
import type { Millis } from '../../capture/capture.ts';
import { CaptureError } from '../../capture/errors.ts';
import type { ChainHead } from '../../capture/orders.ts';
import { tokenOf } from '../../capture/process.ts';
import type { Config } from '../../config.ts';
import { openDatabase, registryFile } from '../../database.ts';
import { conditionOf } from '../condition.ts';
import { replaceRegistry } from './aside.ts';
import { type Filled, fill } from './fill.ts';
import { findCaptures, type LeftAlone } from './found.ts';
import { gathered } from './gathered.ts';
import { holdersOf } from './holders.ts';
import { lastHead } from './salvage.ts';
import { closeWorkshop, openWorkshop } from './workshop.ts';

/** What a rebuild came to. */
export interface Rebuilt {
  readonly why: string;
  /** Names in the state directory under which the old files are kept. */
  readonly kept: readonly string[];
  readonly lastHead: ChainHead | null;
  readonly captures: readonly Filled[];
  readonly leftAlone: readonly LeftAlone[];
}

/**
 * Makes a new registry out of the sidecars, the running tcpdumps and the savefiles, and keeps the old files beside it. Killed at any
 * instant, it can be done again; running captures are not touched.
 * @throws CaptureError `conflict` when the registry is healthy or another process has it open, `not_allowed` without the rights to the
 * state directory, `tool_failed` when a directory cannot be read
 */
export function rebuildRegistry(config: Config, actor: Actor, now: () => Millis): Rebuilt {
  const why = whyRebuilt(config);
  const self = tokenOf(process.pid);
  if (self === undefined)
    throw new CaptureError('tool_failed', 'this sensor has no /proc to tell processes apart: mount it');
  mayWrite(config.state);
  refuseWhileOpen(config);
  const workshop = openWorkshop(config.state, self);
  try {
    const head = lastHead(config);
    const found = gathered(findCaptures(config));
    const database = openDatabase(workshop);
    const captures = fill(database, { config, actor, now, self, found, detail: inWords(why, head) });
    // Into the one file that is moved.
    database.pragma('wal_checkpoint(TRUNCATE)');
    database.close();
    const fresh = registryFile(workshop);
    ownedAsBefore(fresh, config.state);
    // Somebody may have come since; who comes from here on finds the new one, or the old one under its name.
    refuseWhileOpen(config);
    const kept = replaceRegistry(registryFile(config.state), fresh, now());
    flush(config.state);
    return { why, kept, lastHead: head ?? null, captures, leftAlone: found.filter((each) => each.from === 'nothing') };
  } finally {
    closeWorkshop(workshop);
  }
}

function whyRebuilt(config: Config): string {
  const condition = conditionOf(config);
  switch (condition.is) {
    case 'lost':
    case 'damaged':
      return condition.why;
    case 'new':
      throw new CaptureError(
        'conflict',
        'there is no registry yet, and nothing to make one of: the first command makes it',
      );
    case 'healthy':
      throw new CaptureError(
        'conflict',
        'the registry is healthy, there is nothing to rebuild: capture doctor says what else may be wrong',
      );
    case 'closed':
      throw new CaptureError('conflict', condition.why);
    default:
      return condition satisfies never;
  }
}

/** The permissions of the state directory decide; nothing else is asked. */
function mayWrite(state: string): void {
  const uid = process.getuid?.();
  try {
    if (uid !== 0 && statSync(state).uid !== uid) throw new Error(`it is not this user's`);
    accessSync(state, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new CaptureError('not_allowed', `only root or the owner of ${state} may rebuild its registry`, { cause });
  }
}

function refuseWhileOpen({ state }: Config): void {
  const [holder] = holdersOf(registryFile(state));
  if (holder === undefined) return;
  const end = `end it (the bot: systemctl stop capture-bot; else kill ${holder.pid}) and try again`;
  throw new CaptureError(
    'conflict',
    `process ${holder.pid} (${holder.command}) has the registry open: ${end}; captures go on running`,
  );
}

function inWords(why: string, head: ChainHead | undefined): string {
  const last =
    head === undefined
      ? 'its last entry cannot be read'
      : `its last entry that can be read is ${head.seq}, ${head.hash}`;
  return `a new chain begins: the registry was rebuilt (${why}); the old one is kept beside it as registry.sqlite.damaged-*, ${last}`;
}

/** Root makes it for whom the old one was, who could not open it otherwise; no group reads it that did not. */
function ownedAsBefore(fresh: string, state: string): void {
  const old = statSync(registryFile(state), { throwIfNoEntry: false });
  if (process.getuid?.() === 0) chownSync(fresh, old?.uid ?? statSync(state).uid, old?.gid ?? process.getgid?.() ?? 0);
  chmodSync(fresh, old === undefined ? 0o600 : old.mode & 0o777);
}

function flush(directory: string): void {
  const handle = openSync(directory, constants.O_RDONLY);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
