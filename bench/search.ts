import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { type Held, median } from './promise.ts';
import { type BenchRing, writeRing } from './ring.ts';

const repetitions = 3;
const capture = join(import.meta.dirname, '../bin/capture');

/** A way to search a ring: a command that writes what it finds to `out`. */
interface Way {
  readonly name: string;
  readonly script: string;
}

/** How people search a ring today (SEARCH.md 1: a, b, c), `cat` for the disk's own speed, and ours. */
function waysFor(ring: BenchRing, config: string): Way[] {
  // -Z: run by root, tcpdump becomes a user who may not read the list.
  const each = `for f in "${ring.directory}"/*; do`;
  return [
    { name: 'cat', script: `cat "${ring.directory}"/* > /dev/null` },
    {
      name: 'tcpdump a file, mergecap',
      script: `${each} tcpdump -Z "$(id -un)" -nn -r "$f" -w "$work/$(basename "$f")" -- "$expression" 2>/dev/null; done; mergecap -F pcap -a -w "$out" "$work"/*`,
    },
    {
      name: 'the same, two at a time',
      script: `ls "${ring.directory}"/* | xargs -P 2 -I{} sh -c 'tcpdump -Z "$(id -un)" -nn -r "$1" -w "$2/$(basename "$1")" -- "$3" 2>/dev/null' sh {} "$work" "$expression"; mergecap -F pcap -a -w "$out" "$work"/*`,
    },
    {
      name: 'tcpdump -V list',
      script: `ls "${ring.directory}"/* > "$work/list"; tcpdump -Z "$(id -un)" -nn -V "$work/list" -w "$out" -- "$expression" 2>/dev/null`,
    },
    {
      name: 'capture search',
      script: `"${capture}" --config "${config}" search --exact -d bench -e "$expression" > "$work/said"; mv "$captures"/*.past.pcap "$out"`,
    },
  ];
}

/**
 * Searches a generated ring in the ways people do it today and with ours, in one run, warm: each finds the same records.
 * @param size of the ring, bytes
 */
export async function search(size: number): Promise<Held> {
  const directory = mkdtempSync(join(tmpdir(), 'capture-bench-search-'));
  try {
    const ring = await writeRing(join(directory, 'ring'), size);
    const config = join(directory, 'capture.yml');
    writeFileSync(config, configuration(ring.directory), { mode: 0o600 });
    const expressions = {
      'rare host': `host ${ring.rareHost}`,
      'common host': `host ${ring.commonHost}`,
      'port 53': 'port 53',
      'vlan and host': `vlan and host ${ring.commonHost}`,
      '40 hosts': Array.from({ length: 40 }, (_, at) => `host 10.${at}.${at * 3}.${at * 5 + 1}`).join(' or '),
      'a quarter': 'tcp and net 10.0.0.0/8 and not port 443',
    };
    const found: string[] = [
      `${(ring.bytes / 1e9).toFixed(2)} GB in ${ring.paths.length} files, ${ring.packets} packets; seconds, medians of ${repetitions}; whole processes`,
    ];
    const missed: string[] = [];
    for (const [name, expression] of Object.entries(expressions)) {
      const taken = new Map<string, number>();
      const digests = new Map<string, string>();
      let matched = 0;
      for (const way of waysFor(ring, config)) {
        const times: number[] = [];
        for (let one = 0; one < repetitions; one += 1) {
          const { seconds, digest, bytes } = await timed(way, expression, directory);
          times.push(seconds);
          if (way.name !== 'cat') digests.set(way.name, digest);
          matched = Math.max(matched, bytes);
        }
        taken.set(way.name, median(times));
      }
      const of = (way: string) => taken.get(way) ?? Number.NaN;
      const ours = of('capture search');
      const cells = [...taken].map(([way, seconds]) => `${way} ${seconds.toFixed(2)}`).join(', ');
      const [a, c] = [of('tcpdump a file, mergecap') / ours, of('tcpdump -V list') / ours];
      found.push(
        `${name} (${(matched / 1e6).toFixed(1)} MB): ${cells}; ${a.toFixed(1)} times as fast as a, ${c.toFixed(1)} as c, ${(ours / of('cat')).toFixed(2)} times cat`,
      );
      const isWriting = matched > ring.bytes / 8;
      if (a < (isWriting ? 6 : 8)) missed.push(`${name}: a`);
      if (c < (isWriting ? 3 : 5)) missed.push(`${name}: c`);
      if (new Set(digests.values()).size !== 1) missed.push(`${name}: not the same records`);
    }
    return {
      promise:
        'a search of a warm ring is at least 8 times as fast as tcpdump a file and mergecap (6 where it writes a lot), 5 times as fast as tcpdump -V (3), with the same records',
      found: [...found, ...missed.map((one) => `missed: ${one}`)],
      holds: missed.length === 0,
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function timed(way: Way, expression: string, directory: string) {
  const [work, out, captures] = [join(directory, 'work'), join(directory, 'out.pcap'), join(directory, 'captures')];
  rmSync(work, { recursive: true, force: true });
  rmSync(out, { force: true });
  execFileSync('mkdir', ['-p', work, captures]);
  const script = `TIMEFORMAT=%R; time { ${way.script}; }`;
  const env = { ...process.env, work, out, captures, expression };
  const said = execFileSync('bash', ['-c', `{ ${script}; } 2>&1`], { env, encoding: 'utf8' });
  const seconds = Number(said.trim().split('\n').at(-1));
  for (const left of readdirSync(captures)) rmSync(join(captures, left));
  if (way.name === 'cat') return { seconds, digest: '', bytes: 0 };
  const hash = createHash('sha256');
  // The file header says which snaplen its writer knows.
  for await (const chunk of createReadStream(out, { start: 24 })) hash.update(chunk as Buffer);
  return { seconds, digest: hash.digest('hex'), bytes: statSync(out).size };
}

function configuration(ring: string): string {
  return `sensor: bench
state: state
captures: captures
interfaces: [lo]
rings:
  - { name: ring, path: ${JSON.stringify(ring)}, interface: lo }
limits: { freeSpace: 1MB }
analysts:
  - { name: bench, role: lead, login: ${JSON.stringify(userInfo().username)} }
`;
}
