import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { stringify } from 'yaml';
import type { Config } from '../../../src/config.ts';
import { readConfig } from '../../../src/environment.ts';
import { argumentsOf } from '../../capture/sensor.ts';
import { captureCommand } from '../../cli/shell.ts';

/** A sensor with a configuration file, so that every process of the product can be one that is killed. */
export interface Installation {
  readonly directory: string;
  readonly file: string;
  readonly config: Config;
  /** Starts `capture` as grant, who leads. */
  shell(...words: string[]): ChildProcess;
  /** The supervisors that were left to look after it. */
  supervisors(): number[];
  /** The newest capture whose description is this, as the registry has it; nothing is asked of the engine. */
  known(description: string): Known | undefined;
  remove(): void;
}

/** What a registry's row says of a capture. */
export interface Known {
  readonly id: string;
  readonly state: string;
}

export async function openInstallation(): Promise<Installation> {
  const directory = mkdtempSync(join(tmpdir(), 'capture-killing-'));
  const file = join(directory, 'capture.yml');
  writeFileSync(file, stringify(configuration));
  return {
    ...{ directory, file, config: await readConfig(file) },
    shell: (...words) =>
      spawn(captureCommand, words, {
        env: { ...process.env, CAPTURE_CONFIG: file, SUDO_USER: 'grant' },
        stdio: ['ignore', 'ignore', 'pipe'],
      }),
    supervisors: () => supervisorsOf(file),
    known: (description) => knownIn(join(directory, 'state', 'registry.sqlite'), description),
    remove: () => rmSync(directory, { recursive: true, maxRetries: 3 }),
  };
}

const configuration = {
  sensor: 'bench-1',
  state: 'state',
  captures: 'captures',
  interfaces: ['lo'],
  limits: { freeSpace: '1MB', perAnalyst: 100 },
  analysts: [{ name: 'grant', role: 'lead', login: 'grant' }],
};

/** The pids of the supervisors that run with a configuration file. */
export function supervisorsOf(file: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter(Number.isInteger)
    .filter((pid) => {
      const words = argumentsOf(pid);
      return words.includes(file) && words.some((word) => word.endsWith('supervisor/main.ts'));
    });
}

/** Kills the supervisors that were left; returns how many. */
export function killSupervisors(installation: Pick<Installation, 'supervisors'>): number {
  return installation.supervisors().filter((pid) => {
    try {
      return process.kill(pid, 'SIGKILL');
    } catch {
      // It ended since it was seen.
      return false;
    }
  }).length;
}

/** The newest capture of a description in a registry's file. */
export function knownIn(registry: string, description: string): Known | undefined {
  let database: Database.Database | undefined;
  try {
    database = new Database(registry, { readonly: true, fileMustExist: true, timeout: 5_000 });
    return database
      .prepare<[string], Known>(
        `SELECT 'c' || number AS id, state FROM captures WHERE description = ? ORDER BY number DESC LIMIT 1`,
      )
      .get(description);
  } catch {
    // Not made yet, or its maker was killed before it had a schema.
    return undefined;
  } finally {
    database?.close();
  }
}
