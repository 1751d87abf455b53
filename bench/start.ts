import { spawn } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isListening } from '../src/capture/tcpdump.ts';
import { openInstallation } from './installation.ts';
import { type Held, p95, spread } from './promise.ts';

const repetitions = 20;
const limit = 300;

/**
 * How long `capture start` takes to return once its tcpdump listens: from the time of tcpdump's words in its file to the moment when the
 * command has ended and nobody holds its pipes any more. Each one starts the supervisor anew.
 */
export async function start(): Promise<Held> {
  const after: number[] = [];
  const whole: number[] = [];
  for (let one = 0; one < repetitions; one += 1) {
    const installation = await openInstallation(0);
    try {
      const began = Date.now();
      const { listened, returned } = await startOne(installation.config);
      after.push(returned - listened);
      whole.push(returned - began);
    } finally {
      await installation.close();
    }
  }
  return {
    promise: "`start` returns within 300 ms of tcpdump's `listening on`",
    found: [spread(after, 'ms'), `the whole command: ${spread(whole, 'ms')}`],
    holds: p95(after) <= limit,
  };
}

async function startOne(config: { readonly file: string; readonly state: string }) {
  const capture = join(import.meta.dirname, '../bin/capture');
  const words = ['--config', config.file, 'start', '-d', 'bench', '-e', 'udp port 9'];
  const child = spawn(capture, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = join(config.state, 'tcpdump', 'c1.stderr');
  let listened: number | undefined;
  // The supervisor has tcpdump say more, later: what counts is when its words were new.
  const look = setInterval(() => {
    listened ??= listeningSince(said);
  }, 2);
  try {
    let trouble = '';
    child.stdout.resume();
    child.stderr.on('data', (chunk: Buffer) => {
      trouble += chunk.toString();
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    const returned = Date.now();
    listened ??= listeningSince(said);
    if (code !== 0 || listened === undefined) throw new Error(`capture start ended with ${code}: ${trouble}`);
    return { listened, returned };
  } finally {
    clearInterval(look);
  }
}

/** When tcpdump said that it listens, milliseconds since the epoch. */
function listeningSince(file: string): number | undefined {
  try {
    return isListening(readFileSync(file, 'utf8')) ? statSync(file).mtimeMs : undefined;
  } catch {
    return undefined;
  }
}
