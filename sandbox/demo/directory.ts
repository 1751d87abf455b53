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

/** Removes what demos left that were killed, and ends their captures; a demo that still runs keeps its own. */
export async function sweepDeadDemos(): Promise<void> {
  await mkdir(state, { recursive: true });
  for (const name of await readdir(state)) {
    const [, pid, startTicks] = /^demo-(\d+)-(\d+)$/.exec(name) ?? [];
    if (pid === undefined || startTicks === undefined || isAlive({ pid: Number(pid), startTicks })) continue;
    endCapturesIn(join(state, name));
    await removeDirectory(join(state, name));
  }
}

/** Removes a demo's directory with all that is in it. */
export async function removeDirectory(directory: string): Promise<void> {
  // Somebody who is told to end may write a last file meanwhile.
  await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}
