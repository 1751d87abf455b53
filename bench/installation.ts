import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Actor } from '../src/capture/analyst.ts';
import type { Engine } from '../src/capture/door.ts';
import { openEngine } from '../src/capture/engine.ts';
import { isAlive } from '../src/capture/process.ts';
import { openSupervision } from '../src/capture/supervision.ts';
import type { Config } from '../src/config.ts';
import { openDatabase } from '../src/database.ts';
import { readConfig } from '../src/environment.ts';
import { fill } from './fill.ts';

/** An installation of its own in a directory that goes away with it; who runs the bench leads. */
export interface Installation {
  readonly directory: string;
  readonly config: Config;
  readonly lead: Actor;
  /** An engine in this process. */
  readonly engine: Engine;
  /** Stops what runs, waits for its supervisor to end, and removes the directory. */
  close(): Promise<void>;
}

/** @param captures how many its registry has of the past */
export async function openInstallation(captures: number): Promise<Installation> {
  const directory = mkdtempSync(join(tmpdir(), 'capture-bench-'));
  const file = join(directory, 'capture.yml');
  mkdirSync(join(directory, 'ring'));
  writeFileSync(file, configuration(userInfo().username), { mode: 0o600 });
  const config = await readConfig(file);
  const database = openDatabase(config.state);
  fill(database, captures);
  database.close();
  const log = { info: () => undefined, warn: console.warn, error: console.error };
  const engine = openEngine({ config, log, now: Date.now });
  const lead: Actor = {
    analyst: { name: 'bench', role: 'lead' },
    origin: { door: 'shell', login: userInfo().username, tty: null, remoteHost: null },
    words: 'bench',
  };
  return {
    ...{ directory, config, engine, lead },
    close: async () => {
      await engine.stop(null, lead).catch(() => undefined);
      await engine.close();
      await supervisorEnded(config);
      rmSync(directory, { recursive: true });
    },
  };
}

/** Resolves once nobody looks after captures any more: a supervisor ends by itself after the last one. */
async function supervisorEnded({ state }: Config): Promise<void> {
  const database = openDatabase(state);
  const supervision = openSupervision(database, '');
  for (;;) {
    const lease = supervision.lease();
    if (lease === undefined || !isAlive(lease.holder)) break;
    await pause(100);
  }
  database.close();
}

/** No floor of free space and many captures each: what is measured is not a refusal. */
function configuration(login: string): string {
  return `sensor: bench
state: state
captures: captures
interfaces: [lo]
buffer: 1MiB
rings:
  - { name: ring, path: ring, interface: lo }
limits: { perAnalyst: 1000, freeSpace: 1MB }
analysts:
  - { name: bench, role: lead, login: ${JSON.stringify(login)} }
`;
}
