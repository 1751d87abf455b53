import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Ran, run } from '../cli/shell.ts';

/** A small disk of its own that only its own processes see: it goes with them. */
export interface PrivateDisk {
  /** Where it is mounted, in there. */
  readonly directory: string;
  /** Where this process sees a file that lies on it. */
  seen(name: string): string;
  /** Runs a program that sees it. */
  run(program: string, words: readonly string[], env: Readonly<Record<string, string>>): Promise<Ran>;
  /** Writes until nothing more fits. */
  fill(): void;
  /** Removes what `fill` wrote. */
  makeRoom(): void;
  freeBytes(): number;
}

/** Mounts a tmpfs of so many bytes in a mount namespace of its own (unshare(1), tmpfs(5)), which ends with the test. */
export async function openPrivateDisk(
  t: { after(end: () => Promise<void>): void },
  directory: string,
  bytes: number,
): Promise<PrivateDisk> {
  await mkdir(directory);
  const mounts = `mount -t tmpfs -o size=${bytes} tmpfs "$1" && echo mounted && exec sleep infinity`;
  const holder = spawn('unshare', ['--mount', 'sh', '-c', mounts, 'sh', directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(holder, 'exit');
  t.after(async () => {
    holder.kill('SIGKILL');
    await ended;
  });
  await Promise.race([once(holder.stdout, 'data'), ended.then(() => Promise.reject(new Error('cannot mount')))]);
  const seen = (name: string) => join(`/proc/${holder.pid}/root`, directory, name);
  return {
    directory,
    seen,
    run: (program, words, env) => run('nsenter', ['--mount', '--target', String(holder.pid), program, ...words], env),
    fill: () => fill(seen('filler')),
    makeRoom: () => rmSync(seen('filler')),
    freeBytes: () => {
      const { bavail, bsize } = statfsSync(seen('.'));
      return bavail * bsize;
    },
  };
}

function fill(path: string): void {
  const file = openSync(path, 'a');
  try {
    for (const size of [2 ** 16, 1]) while (fits(file, Buffer.alloc(size)));
  } finally {
    closeSync(file);
  }
}

function fits(file: number, bytes: Buffer): boolean {
  try {
    return writeSync(file, bytes) > 0;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return false;
    throw error;
  }
}
