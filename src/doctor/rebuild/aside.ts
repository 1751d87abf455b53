import { existsSync, linkSync, readdirSync, renameSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Millis } from '../../capture/capture.ts';

/**
 * Lets a new registry take the place of the damaged one, which stays beside it under another name. At every instant one of them is there
 * under the registry's own name: a command that found none would make an empty one.
 * @returns the names, without directory, under which the old files are kept
 */
export function replaceRegistry(file: string, fresh: string, now: Millis): string[] {
  const aside = nameAside(file, now);
  if (existsSync(file) && !existsSync(aside)) linkSync(file, aside);
  // Before the new one is there: SQLite would play the old log into it.
  for (const ending of ['-wal', '-shm']) {
    if (existsSync(`${file}${ending}`)) renameSync(`${file}${ending}`, `${aside}${ending}`);
  }
  renameSync(fresh, file);
  return keptUnder(aside);
}

/** The name that was begun with by a rebuild that was killed, else one with this time in it. */
function nameAside(file: string, now: Millis): string {
  const old = statSync(file, { throwIfNoEntry: false });
  const begun = readdirSync(dirname(file))
    .filter((name) => name.startsWith(`${basename(file)}.damaged-`) && !/-(wal|shm)$/.test(name))
    .map((name) => join(dirname(file), name))
    .find((name) => statSync(name).ino === old?.ino);
  return begun ?? `${file}.damaged-${new Date(now).toISOString().replaceAll(/[:.]/g, '-')}`;
}

function keptUnder(aside: string): string[] {
  return readdirSync(dirname(aside)).filter((name) => name.startsWith(basename(aside)));
}
