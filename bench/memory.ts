import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Held } from './promise.ts';
import { writeRing } from './ring.ts';
import { table } from './table.ts';
import { configure } from './ways.ts';

const ringBytes = 2e9;
/** Megabytes above Node's own. */
const limit = 200;

/** How much memory a search takes, whatever it finds, beside a Node that does nothing: the most that was resident (VmHWM). */
export async function memory(): Promise<Held> {
  const directory = mkdtempSync(join(tmpdir(), 'capture-bench-memory-'));
  try {
    const ring = await writeRing(join(directory, 'ring'), ringBytes);
    const config = configure(directory, ring.directory);
    const capture = join(import.meta.dirname, '../bin/capture');
    const nothing = await mostResident(process.execPath, ['-e', '0']);
    const rows: { name: string; megabytes: number }[] = [];
    for (const expression of [`host ${ring.rareHost}`, 'tcp and net 10.0.0.0/8 and not port 443', 'everything']) {
      const words = ['--config', config, 'search', '--exact', '-d', 'bench', '-e', expression];
      rows.push({ name: expression, megabytes: await mostResident(capture, words) });
      rmSync(join(directory, 'captures'), { recursive: true });
    }
    return {
      promise: `a search takes at most ${limit} MB above Node's start, whatever it finds`,
      found: [
        `a ring of ${(ring.bytes / 1e9).toFixed(2)} GB; node -e 0: ${nothing.toFixed(0)} MB`,
        ...table([
          ['', 'MB', 'above'],
          ...rows.map(({ name, megabytes }) => [name, megabytes.toFixed(0), (megabytes - nothing).toFixed(0)]),
        ]),
      ],
      holds: rows.every(({ megabytes }) => megabytes - nothing <= limit),
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Milliseconds between two looks: what it says only grows. */
const lookEvery = 5;

/** Megabytes. bin/capture becomes Node: its process is the one to look at. */
async function mostResident(command: string, words: readonly string[]): Promise<number> {
  const child = spawn(command, words, { stdio: 'ignore' });
  let most = 0;
  const look = () => {
    try {
      most = Math.max(
        most,
        Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0),
      );
    } catch {
      // It is gone.
    }
  };
  const looks = setInterval(look, lookEvery);
  const [status] = await once(child, 'exit');
  clearInterval(looks);
  if (status !== 0) throw new Error(`${command} ${words.join(' ')} ended with ${status}`);
  return most / 1_000;
}
