import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { BenchRing } from './ring.ts';

const capture = join(import.meta.dirname, '../bin/capture');

/** A way to search a ring. */
export interface Way {
  readonly name: string;
  /** Bash: it writes what it finds of "$expression" to "$out". */
  readonly script: string;
}

/** How people search a ring today (a, b, c), `cat` for the memory's own speed, and ours, without and with an index. */
export type WayName = 'cat' | 'a' | 'b' | 'c' | 'scan' | 'index';

/** What each is, in words. */
export const legend =
  'a: tcpdump a file, then mergecap; b: the same, two at a time; c: tcpdump -V; scan: capture search; index: the same with indexes of the ring';

/**
 * The ways to search a ring; the index is built here.
 * @param directory for what they need
 */
export function waysOf(ring: BenchRing, directory: string): Record<WayName, Way> {
  const [plain, indexed] = ['plain', 'indexed'].map((name) => configure(join(directory, name), ring.directory));
  execFileSync(capture, ['--config', `${indexed}`, 'index'], { stdio: ['ignore', 'ignore', 'inherit'] });
  const all = `"${ring.directory}"/*`;
  // -Z: run by root, tcpdump becomes a user who may not read the list.
  const tcpdump = 'tcpdump -Z "$(id -un)" -nn';
  const merge = 'mergecap -F pcap -a -w "$out" "$work"/*';
  const search = (config: string | undefined) =>
    `"${capture}" --config "${config}" search --exact -d bench -e "$expression" > "$work/said"; mv "$(dirname "${config}")"/captures/*.past.pcap "$out"`;
  const scripts: Record<WayName, string> = {
    cat: `cat ${all} > /dev/null`,
    a: `for f in ${all}; do ${tcpdump} -r "$f" -w "$work/$(basename "$f")" -- "$expression" 2>/dev/null; done; ${merge}`,
    b: `ls ${all} | xargs -P 2 -I{} sh -c '${tcpdump} -r "$1" -w "$2/$(basename "$1")" -- "$3" 2>/dev/null' sh {} "$work" "$expression"; ${merge}`,
    c: `ls ${all} > "$work/list"; ${tcpdump} -V "$work/list" -w "$out" -- "$expression" 2>/dev/null`,
    scan: search(plain),
    index: search(indexed),
  };
  return Object.fromEntries(Object.entries(scripts).map(([name, script]) => [name, { name, script }])) as Record<
    WayName,
    Way
  >;
}

/** An installation that searches the ring; returns its configuration's path. */
export function configure(directory: string, ring: string): string {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, 'capture.yml');
  const login = JSON.stringify(userInfo().username);
  const lines = [
    ...['sensor: bench', 'state: state', 'captures: captures', 'interfaces: [lo]', 'rings:'],
    `  - { name: ring, path: ${JSON.stringify(ring)}, interface: lo }`,
    ...['limits: { freeSpace: 1MB }', 'analysts:', `  - { name: bench, role: lead, login: ${login} }`, ''],
  ];
  writeFileSync(file, lines.join('\n'), { mode: 0o600 });
  return file;
}

/** What one run took and found. */
export interface Took {
  /** Seconds. */
  readonly wall: number;
  /** Seconds of processors, of all its processes. */
  readonly cpu: number;
  /** Of the records; empty for `cat`. */
  readonly digest: string;
  readonly bytes: number;
}

/** Runs a way once. What was written before is on the disk by then: nobody waits for another's. */
export async function run({ name, script }: Way, expression: string, directory: string): Promise<Took> {
  const [work, out] = [join(directory, 'work'), join(directory, 'out.pcap')];
  for (const left of [work, out]) rmSync(left, { recursive: true, force: true });
  mkdirSync(work);
  execFileSync('sync');
  const env = { ...process.env, work, out, expression, complaints: join(directory, 'complaints') };
  const timed = `TIMEFORMAT='%R %U %S'; { time { ${script}; } 2>"$complaints"; } 2>&1`;
  const said = execFileSync('bash', ['-c', timed], { env, encoding: 'utf8' });
  const [wall = Number.NaN, user = 0, system = 0] = (said.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  for (const one of ['plain', 'indexed']) rmSync(join(directory, one, 'captures'), { recursive: true, force: true });
  if (name === 'cat') return { wall, cpu: user + system, digest: '', bytes: 0 };
  const hash = createHash('sha256');
  // The file header says which snaplen its writer knows.
  for await (const chunk of createReadStream(out, { start: 24 })) hash.update(chunk as Buffer);
  return { wall, cpu: user + system, digest: hash.digest('hex'), bytes: statSync(out).size };
}
