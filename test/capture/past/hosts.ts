import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Packet } from './generate/file.ts';
import { pools } from './generate/pools.ts';
import type { Random } from './generate/random.ts';

const run = promisify(execFile);

/** What tcpdump selects from a file, record by record by its time; undefined when it refuses the expression. */
export async function selectedTimes(
  path: string,
  expression: string,
  ...flags: string[]
): Promise<Set<number> | undefined> {
  const words = expression === 'everything' ? [] : ['--', expression];
  const done = await run('tcpdump', ['-nn', ...flags, '-r', path, '-w', '-', ...words], {
    encoding: 'buffer',
    maxBuffer: 2 ** 28,
  }).catch(() => undefined);
  return done === undefined ? undefined : timesIn(done.stdout.subarray(24));
}

/** The seconds of little-endian records. */
export function timesIn(records: Buffer): Set<number> {
  const times = new Set<number>();
  for (let at = 0; at < records.length; at += 16 + records.readUInt32LE(at + 8)) times.add(records.readUInt32LE(at));
  return times;
}

/** The packets, each with a second of its own. */
export function numbered(packets: readonly Packet[]): Packet[] {
  return packets.map((packet, at) => ({ ...packet, seconds: 1_795_000_000 + at, fraction: at }));
}

/** The packets, none of them shorter than any header that a filter looks into. */
export function padded(packets: readonly Packet[]): Packet[] {
  return packets.map(({ bytes, ...packet }) => ({ ...packet, bytes: Buffer.concat([bytes, Buffer.alloc(300)]) }));
}

const nets = [
  ...[
    '10.0.0.0/8',
    '10.0.0.0/30',
    '10.0.0.0/31',
    '192.0.2.0/28',
    '0.0.0.0/1',
    '128.0.0.0/1',
    '224.0.0.0/4',
    '10.1.2.3/32',
  ],
  ...[
    '2001:db8::/32',
    '2001:db8::/64',
    '2001:db8::/63',
    '2001:db8::/97',
    '2001:db8::/127',
    '2001:db8::7/128',
    '::/127',
    '::/96',
  ],
  ...[
    'fe80::/10',
    'fd00::/8',
    'ff00::/8',
    '8000::/1',
    '::ffff:0:0/96',
    '::ffff:10.0.0.1/128',
    'fd00:1234:5678::/48',
    'fd00:1234:5678:9abc:de00::/72',
  ],
];

/** A list of some addresses and nets that adversarial packets have, overlapping or not, and now and then of all addresses. */
export function randomList(random: Random): string[] {
  const some = <Value>(values: readonly Value[], share: number): Value[] => values.filter(() => random.chance(share));
  const list = [
    ...some(pools.ipv4, random.one([0, 0.3, 0.6])),
    ...some(pools.ipv6, random.one([0, 0.3, 0.6])),
    ...some(nets, random.one([0, 0, 0.1, 0.3])),
    ...some(['0.0.0.0/0', '::/0'], 0.04),
  ];
  return list.length === 0 ? randomList(random) : list;
}

/** Addresses that no packet here is likely to have. */
export function others(count: number): string[] {
  return Array.from({ length: count }, (_, at) => {
    const [high, low] = [at >> 8, at & 0xff];
    return at % 3 === 0
      ? `2a0b:${high.toString(16)}::${low.toString(16)}:1`
      : `172.${16 + (high & 15)}.${low}.${high >> 4}`;
  });
}

/** An address or net in the words of pcap-filter. */
export function primitive(net: string): string {
  return `${net.includes('/') ? 'net' : 'host'} ${net}`;
}
