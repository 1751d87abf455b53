import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isAlive, thisOwner } from '../network/owner.ts';
import { endCapturesIn } from './leftovers.ts';

const state = fileURLToPath(new URL('../.state/', import.meta.url));

/** Makes a directory for this demo alone; its name, `demo-PID-STARTTICKS`, says whose it is. */
export async function freshDirectory(): Promise<string> {
  const { pid, startTicks } = thisOwner();
  const directory = join(state, `demo-${pid}-${startTicks}`);
  await mkdir(directory, { recursive: true, mode: 0o755 });
  return directory;
}

/** The directories of demos that were killed; one that still runs keeps its own. */
export async function deadDirectories(): Promise<string[]> {
  await mkdir(state, { recursive: true });
  const dead = (await readdir(state)).filter((name) => {
    const [, pid, startTicks] = /^demo-(\d+)-(\d+)$/.exec(name) ?? [];
    return pid !== undefined && startTicks !== undefined && !isAlive({ pid: Number(pid), startTicks });
  });
  return dead.map((name) => join(state, name));
}

/** Removes a demo's directory with all that is in it, and ends the captures that are still written there. */
export async function removeDirectory(directory: string): Promise<void> {
  endCapturesIn(directory);
  // Somebody who is told to end may write a last file meanwhile.
  await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}
