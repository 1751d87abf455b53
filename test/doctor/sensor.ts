import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { stringify } from 'yaml';
import { capture, captureCommand, type Ran, run, writeRingFile } from '../cli/shell.ts';

/** A finding as `capture doctor --json` tells it. */
export interface Told {
  readonly check: string;
  readonly verdict: 'ok' | 'warning' | 'broken' | 'skipped';
  readonly found: string;
  readonly mend?: { readonly say: string; readonly command: string | null };
}

/** An installation in a directory of its own, and the shell door to it. */
export interface Sensor {
  readonly directory: string;
  readonly file: string;
  readonly ring: string;
  readonly state: string;
  readonly captures: string;
  readonly registry: string;
  /** Runs `capture` as grant, who leads. */
  capture(...words: string[]): Promise<Ran>;
  as(login: string, ...words: string[]): Promise<Ran>;
  /** Runs `capture` as the user nobody. */
  asNobody(...words: string[]): Promise<Ran>;
  /** What the doctor finds, by check. */
  examined(
    env?: Readonly<Record<string, string>>,
  ): Promise<{ readonly code: number | null; readonly told: readonly Told[] }>;
  configure(change: Record<string, unknown>): void;
}

/** A healthy sensor that listens on `lo`, with a ring that a logger writes; all that runs of it ends with the test. */
export function openSensor(t: TestContext): Sensor {
  const directory = mkdtempSync(join(tmpdir(), 'capture-doctor-'));
  // The user nobody must find its way to it.
  chmodSync(directory, 0o755);
  const [file, ring, state] = ['capture.yml', 'ring', 'state'].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(ring);
  writeRingFile(ring, Math.floor(Date.now() / 1_000) - 60, { count: 30, port: 4_444 });
  const configure = (change: Record<string, unknown>) =>
    writeFileSync(file, stringify({ ...configuration, ...change }));
  configure({});
  const as = (login: string, ...words: string[]) => capture(words, { CAPTURE_CONFIG: file, SUDO_USER: login });
  t.after(async () => {
    await as('grant', 'stop', '--all');
    rmSync(directory, { recursive: true });
  });
  return {
    ...{ directory, file, ring, state },
    captures: join(directory, 'captures'),
    registry: join(state, 'registry.sqlite'),
    capture: (...words) => as('grant', ...words),
    as,
    asNobody: (...words) =>
      run('setpriv', ['--reuid=65534', '--regid=65534', '--clear-groups', captureCommand, ...words], {
        CAPTURE_CONFIG: file,
      }),
    async examined(env = {}) {
      const { code, out, err } = await capture(['doctor', '--json'], { CAPTURE_CONFIG: file, ...env });
      if (out === '') throw new Error(err);
      return { code, told: JSON.parse(out).checks };
    },
    configure,
  };
}

/** The findings of a check; one that must be there alone. */
export function findingOf(told: readonly Told[], check: string): Told {
  const [found, second] = told.filter((each) => each.check === check);
  if (found === undefined || second !== undefined)
    throw new Error(`${check} is not told once: ${JSON.stringify(told, null, 1)}`);
  return found;
}

const configuration = {
  sensor: 'bench-1',
  state: 'state',
  captures: 'captures',
  interfaces: ['lo'],
  rings: [{ name: 'dmz', path: 'ring', interface: 'lo' }],
  limits: { freeSpace: '1MB' },
  analysts: [
    { name: 'grant', role: 'lead', login: 'grant' },
    { name: 'will', role: 'analyst', login: 'will' },
  ],
};
