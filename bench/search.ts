import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Held, median } from './promise.ts';
import { type BenchRing, writeRing } from './ring.ts';
import { table } from './table.ts';
import { legend, run, type Took, type WayName, waysOf } from './ways.ts';

const rounds = 3;

/**
 * Searches a generated ring in the ways people do it today and with ours, in one run, warm and in turns: each finds the same records.
 * @param size of the ring, bytes
 */
export async function search(size: number): Promise<Held> {
  const directory = mkdtempSync(join(tmpdir(), 'capture-bench-search-'));
  try {
    const ring = await writeRing(join(directory, 'ring'), size);
    const ways = waysOf(ring, directory);
    const searched: Searched[] = [];
    for (const [name, expression] of Object.entries(expressionsFor(ring))) {
      const taken: { way: WayName; took: Took }[] = [];
      for (let round = 0; round < rounds; round += 1) {
        for (const way of Object.keys(ways) as WayName[])
          taken.push({ way, took: await run(ways[way], expression, directory) });
      }
      searched.push(summed(name, taken));
    }
    const missed = searched.flatMap((one) => missedBy(one, ring));
    return {
      promise:
        'a search of a warm ring is 8 times as fast as a (6 where it writes a lot), 5 times as c (3), takes 1.3 times cat at most; with indexes 25 times as fast as a for a rare host, never over 1.2 times the scan; with the same records',
      found: [
        `${(ring.bytes / 1e9).toFixed(2)} GB in ${ring.paths.length} files, ${ring.packets} packets; whole processes, seconds, medians of ${rounds} rounds; in brackets CPU`,
        legend,
        ...table([columns, ...searched.map(row)]),
        ...missed.map((one) => `missed: ${one}`),
      ],
      holds: missed.length === 0,
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function expressionsFor(ring: BenchRing): Record<string, string> {
  return {
    'rare host': `host ${ring.rareHost}`,
    'common host': `host ${ring.commonHost}`,
    'port 53': 'port 53',
    'vlan and host': `vlan and host ${ring.commonHost}`,
    '40 hosts': Array.from({ length: 40 }, (_, at) => `host 10.0.${at % 8}.${at * 5 + 1}`).join(' or '),
    'a quarter': 'tcp and net 10.0.0.0/8 and not port 443',
  };
}

/** What all ways took for one expression, medians. */
interface Searched {
  readonly name: string;
  /** That matched. */
  readonly bytes: number;
  readonly wall: Record<WayName, number>;
  readonly cpu: Record<WayName, number>;
  readonly same: boolean;
}

function summed(name: string, taken: readonly { way: WayName; took: Took }[]): Searched {
  const medianOf = (way: WayName, what: 'wall' | 'cpu') =>
    median(taken.filter((one) => one.way === way).map(({ took }) => took[what]));
  const each = (what: 'wall' | 'cpu'): Record<WayName, number> => ({
    ...{ cat: medianOf('cat', what), a: medianOf('a', what), b: medianOf('b', what) },
    ...{ c: medianOf('c', what), scan: medianOf('scan', what), index: medianOf('index', what) },
  });
  const digests = new Set(taken.flatMap(({ took }) => (took.digest === '' ? [] : [took.digest])));
  const bytes = Math.max(...taken.map(({ took }) => took.bytes));
  return { name, bytes, wall: each('wall'), cpu: each('cpu'), same: digests.size === 1 };
}

const columns = [
  '',
  'MB',
  'cat',
  'a',
  'b',
  'c',
  'scan',
  'index',
  'a/scan',
  'c/scan',
  'scan/cat',
  'a/index',
  'index/scan',
];

function row({ name, bytes, wall, cpu }: Searched): string[] {
  const both = (way: WayName) => `${wall[way].toFixed(2)} (${cpu[way].toFixed(2)})`;
  const ratio = (one: WayName, other: WayName) => (wall[one] / wall[other]).toFixed(1);
  return [
    ...[name, (bytes / 1e6).toFixed(1), both('cat'), both('a'), both('b'), both('c'), both('scan'), both('index')],
    ...[ratio('a', 'scan'), ratio('c', 'scan'), ratio('scan', 'cat'), ratio('a', 'index'), ratio('index', 'scan')],
  ];
}

function missedBy({ name, bytes, wall, same }: Searched, ring: BenchRing): string[] {
  const writesMuch = bytes > ring.bytes / 8;
  const faster = (slow: WayName, fast: WayName, times: number) =>
    wall[slow] / wall[fast] >= times ? [] : [`${name}: ${slow} / ${fast} is below ${times}`];
  const within = (one: WayName, other: WayName, times: number) =>
    wall[one] / wall[other] <= times ? [] : [`${name}: ${one} / ${other} is over ${times}`];
  return [
    ...faster('a', 'scan', writesMuch ? 6 : 8),
    ...faster('c', 'scan', writesMuch ? 3 : 5),
    ...(writesMuch ? [] : within('scan', 'cat', 1.3)),
    ...(name === 'rare host' ? faster('a', 'index', 25) : []),
    ...within('index', 'scan', 1.2),
    ...(same ? [] : [`${name}: not the same records`]),
  ];
}
