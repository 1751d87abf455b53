import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import pino from 'pino';
import type { Actor, Role } from '../../src/capture/analyst.ts';
import type { Capture } from '../../src/capture/capture.ts';
import type { Engine } from '../../src/capture/door.ts';
import { openEngine } from '../../src/capture/engine.ts';
import { openEntries } from '../../src/capture/entries.ts';
import type { AuditEntry, SearchOrder, SearchStep } from '../../src/capture/orders.ts';
import { sinceBoot } from '../../src/capture/process.ts';
import type { Config } from '../../src/config.ts';

/** An installation of its own in a directory that goes away with it: grant leads, will is an analyst, mona looks. */
export interface Sensor {
  readonly directory: string;
  readonly config: Config;
  readonly engine: Engine;
  readonly grant: Actor;
  readonly will: Actor;
  readonly mona: Actor;
  readonly captures: string;
  readonly ring: string;
  /** What the engine logged as errors: troubles that no order was told of. */
  readonly errors: readonly string[];
  /** Stops what runs, closes the engine and removes the directory. */
  close(): Promise<void>;
}

export function openSensor(
  differing: Partial<Config> = {},
  now: () => number = Date.now,
  uptime: () => number = sinceBoot,
): Sensor {
  const directory = mkdtempSync(join(tmpdir(), 'capture-engine-'));
  const config = { ...configIn(directory), ...differing };
  mkdirSync(join(directory, 'ring'));
  const errors: string[] = [];
  const engine = openEngine({ config, log: errorsInto(errors), now, uptime });
  const [grant, will, mona] = [actor('grant', 'lead'), actor('will', 'analyst'), actor('mona', 'viewer')];
  return {
    ...{ directory, config, engine, grant, will, mona, errors },
    captures: config.captures,
    ring: join(directory, 'ring'),
    close: async () => {
      try {
        await engine.reconcile();
        await engine.stop(null, grant).catch(() => undefined);
        await engine.close();
      } finally {
        rmSync(directory, { recursive: true });
      }
    },
  };
}

export function configIn(directory: string): Config {
  return {
    file: join(directory, 'capture.yml'),
    sensor: 'bench-1',
    state: join(directory, 'state'),
    captures: join(directory, 'captures'),
    group: null,
    interfaces: ['lo', 'nosuch0'],
    snaplen: 262_144,
    buffer: 4 * 2 ** 20,
    rings: [{ name: 'dmz', path: join(directory, 'ring'), interface: 'lo' }],
    limits: { duration: 86_400_000, size: 10e9, perAnalyst: 50, freeSpace: 1_000_000, search: 100e9 },
    analysts: [
      { name: 'grant', role: 'lead', slack: ['U1'], login: ['grant'] },
      { name: 'will', role: 'analyst', slack: ['U2'], login: ['will', 'wsmith'] },
      { name: 'mona', role: 'viewer', slack: ['U3'], login: ['mona'] },
    ],
    approval: null,
    slack: { team: 'T1', channels: [], digest: null, groups: null, orders: 30, tokens: null },
    metrics: null,
    reports: { at: '08:00', timezone: 'UTC' },
    pins: { directory: join(directory, 'pins'), size: 100e9, for: 7 * 86_400_000 },
    retention: null,
    syslog: null,
  };
}

export function actor(name: string, role: Role, words = 'as typed'): Actor {
  return { analyst: { name, role }, origin: { door: 'shell', login: name, tty: null, remoteHost: null }, words };
}

export function errorsInto(errors: string[]) {
  return pino({ level: 'error' }, { write: (line: string) => void errors.push(line) });
}

/** All captures, ended ones too, newest first. */
export function allOf({ engine, grant }: Sensor): Promise<Capture[]> {
  return engine.list({ all: true }, grant);
}

/** The audit log as the registry's file has it: this look is not an entry of it. */
export function auditOf({ config }: Pick<Sensor, 'config'>): AuditEntry[] {
  const database = new Database(join(config.state, 'registry.sqlite'), { readonly: true });
  try {
    return [...openEntries(database).pages({})].flat();
  } finally {
    database.close();
  }
}

/** Every order in the audit log that has no outcome yet. */
export function unsettled(sensor: Pick<Sensor, 'config'>): AuditEntry[] {
  return unsettledOf(auditOf(sensor));
}

export function unsettledOf(entries: readonly AuditEntry[]): AuditEntry[] {
  const settled = new Set(entries.map(({ settles }) => settles));
  return entries.filter(({ outcome, seq }) => outcome === 'asked' && !settled.has(seq));
}

/** What stands for the installation's state: rows and files. Audit entries grow with each order and are not in it. */
export async function standing(sensor: Sensor): Promise<unknown> {
  return { captures: await allOf(sensor), files: readdirSync(sensor.captures).sort() };
}

export async function searched(
  sensor: Sensor,
  order: Partial<SearchOrder>,
  signal?: AbortSignal,
): Promise<SearchStep[]> {
  return Array.fromAsync(
    sensor.engine.search(
      { description: 'what happened', expression: 'everything', window: { since: null, until: null }, ...order },
      sensor.grant,
      signal ?? new AbortController().signal,
    ),
  );
}

/** The pids of every tcpdump that has a word under this directory among its arguments. */
export function tcpdumpsOf(directory: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid))
    .filter((pid) => {
      const [program, ...args] = argumentsOf(pid);
      return program?.endsWith('tcpdump') === true && args.some((word) => word.startsWith(`${directory}/`));
    });
}

export function argumentsOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
  } catch {
    return [];
  }
}
