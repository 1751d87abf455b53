import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Program } from '../../../../src/capture/bpf.ts';
import { conditionOf } from '../../../../src/capture/past/ringindex/derive.ts';
import { blocksOf, has } from '../../../../src/capture/past/ringindex/lookup.ts';
import type { RingIndex } from '../../../../src/capture/past/ringindex/ringindex.ts';
import { readHeader, readRecordHeader, walkRecords } from '../../../../src/capture/savefile.ts';
import { randomExpression } from '../generate/expression.ts';
import { type Packet, pcapFile, type Shape } from '../generate/file.ts';
import { arp, ipv4, ipv6 } from '../generate/network.ts';
import { adversarialPackets, linktypes } from '../generate/packets.ts';
import { pools } from '../generate/pools.ts';
import { type Random, randomFrom } from '../generate/random.ts';
import { indexOf, programFor } from './indexed.ts';

/** Another seed searches further: `SEED=7 PAIRS=20000 node --test test/capture/past/ringindex/sound.tool.test.ts`. */
const seed = Number(process.env.SEED ?? 20_261_124);
const pairs = Number(process.env.PAIRS ?? 1_000);

const directory = mkdtempSync(join(tmpdir(), 'ringindex-'));
after(() => rmSync(directory, { recursive: true }));

interface Sample {
  readonly file: string;
  readonly linktype: number;
  readonly index: RingIndex;
}

/** Of each field that the index knows. */
const fields = [
  'host 192.0.2.7',
  'src net 10.0.0.0/30',
  'dst net 192.0.2.0/28',
  'host 2001:db8::7',
  'src net 2001:db8::/32',
  'dst net 2001:db8::/64',
  'dst net 2001:db8:0:1::/64',
  'net 2001:db8::/97',
  'port 53',
  'src port 443',
  'dst portrange 22-1023',
  'tcp',
  'proto 17',
  'ip6 proto 58',
  'arp',
  'ip6',
  'vlan 100',
];
const places: readonly ((field: string) => string)[] = [
  (field) => field,
  (field) => `vlan and ${field}`,
  (field) => `vlan 7 and ${field}`,
  (field) => `(${field}) or (vlan and (${field})) or (vlan and (${field}))`,
  (field) => `vlan and vlan 100 and ${field}`,
  (field) => `vlan 1 or (vlan and ${field})`,
];

test('nor of what asks for one field behind any tags, wherever a packet is cut and whatever its types say', (t) => {
  const random = randomFrom(seed);
  const samples = Array.from({ length: 4 }, (_, at) =>
    sampleOf(
      random,
      linktypes.EN10MB,
      `chimera-${at}`,
      Array.from({ length: 1_800 }, () => chimera(random)),
    ),
  );
  const seen = { tried: 0, selected: 0, blocks: 0, candidates: 0, everything: 0 };
  for (const expression of fields.flatMap((field) => places.map((place) => place(field)))) {
    const program = programFor(samples[0]?.file ?? '', expression);
    if (program === undefined) continue;
    for (const each of samples) hold(each, { expression, options: [], program }, seen);
  }
  for (const { index } of samples) index.close();
  t.diagnostic(JSON.stringify(seen));
  assert.ok(seen.tried > 300, `${seen.tried} pairs`);
  // Behind a third `vlan` nothing is known.
  assert.ok(seen.everything <= samples.length, `${seen.everything} conditions say nothing`);
});

interface Compiled {
  readonly expression: string;
  readonly options: readonly string[];
  readonly program: Program;
}

test('no packet that tcpdump selects is outside the blocks that the index gives, of any expression and file', (t) => {
  const random = randomFrom(seed);
  const samples = [
    ...Array.from({ length: 6 }, () => linktypes.EN10MB),
    linktypes.LINUX_SLL,
    linktypes.LINUX_SLL2,
    linktypes.RAW,
    linktypes.NULL,
    linktypes.LOOP,
    linktypes.PPP,
  ].map((linktype, at) => sample(random, linktype, at));
  const seen = { tried: 0, selected: 0, blocks: 0, candidates: 0, everything: 0 };
  while (seen.tried < pairs) {
    const one = random.one(samples);
    const expression = randomExpression(random, one.linktype);
    const options = random.chance(0.2) ? ['-O'] : [];
    const program = programFor(one.file, expression, ...options);
    if (program === undefined) continue;
    // What was compiled for one Ethernet file is as good for another.
    const { EN10MB } = linktypes;
    const others = one.linktype === EN10MB ? samples.filter(({ linktype }) => linktype === EN10MB).slice(0, 2) : [];
    for (const each of new Set([one, ...others])) hold(each, { expression, options, program }, seen);
  }
  for (const { index } of samples) index.close();
  t.diagnostic(JSON.stringify(seen));
  // A condition that knew nothing would be sound, too.
  assert.ok(seen.everything < seen.tried * 0.5, `${seen.everything} of ${seen.tried} conditions say nothing`);
  assert.ok(seen.selected > seen.tried * 5, 'expressions meet packets');
});

function hold(
  { file, linktype, index }: Sample,
  { expression, options, program }: Compiled,
  seen: { tried: number; selected: number; blocks: number; candidates: number; everything: number },
): void {
  const condition = conditionOf(program, linktype);
  const found = blocksOf(condition, index);
  const selected = selectedBy(file, expression, options);
  const missed = selected.filter((place) => !has(found, place));
  assert.deepEqual(missed, [], `seed ${seed}: ${expression}, linktype ${linktype}: records that the index loses`);
  seen.tried += 1;
  seen.selected += selected.length;
  seen.blocks += index.head.blockCount;
  for (let place = 0; place < index.head.blockCount; place += 1) seen.candidates += has(found, place) ? 1 : 0;
  if (found === 'every') seen.everything += 1;
}

function sample(random: Random, linktype: number, at: number): Sample {
  return sampleOf(random, linktype, `sample-${at}`, adversarialPackets(random, linktype));
}

/** A file whose records have their place for seconds, so that those in tcpdump's output are known again; a block of its own for each. */
function sampleOf(random: Random, linktype: number, name: string, packets: readonly Packet[]): Sample {
  const file = join(directory, name);
  const shape: Shape = {
    linktype,
    littleEndian: random.chance(0.5),
    precision: random.chance(0.5) ? 'nanoseconds' : 'microseconds',
    snaplen: random.chance(0.7) ? 262_144 : random.between(40, 120),
  };
  const records = packets.map((packet, place) => ({ ...packet, seconds: place, fraction: 0 }));
  writeFileSync(file, pcapFile(records, shape));
  const index = indexOf(file, 1);
  assert.equal(index.head.blockCount, packets.length);
  return { file, linktype, index };
}

/** A frame that has types where none, one or two tags would have them, each whatever it likes, and a network packet behind one of them. */
function chimera(random: Random): Packet {
  const [type, network] = random.one([
    [0x0800, ipv4],
    [0x0800, ipv4],
    [0x86dd, ipv6],
    [0x86dd, ipv6],
    [0x0806, arp],
  ] as const);
  const before = random.bytes(14 + random.integer(3) * 4);
  for (const tag of [14, 18]) if (before.length > tag) before.writeUInt16BE(random.one(pools.vlan), tag);
  for (const at of [12, 16, 20])
    if (before.length > at) before.writeUInt16BE(random.one([0x0800, 0x86dd, 0x0806, 0x8100, 0x88a8, 0x9100]), at);
  if (random.chance(0.8)) before.writeUInt16BE(type, before.length - 2);
  const frame = Buffer.concat([before, network(random), random.bytes(16)]);
  // Mostly where a field begins, ends, or is in the middle.
  const cut = random.chance(0.3) ? random.between(12, 90) : before.length - 6 + random.integer(52);
  const bytes = random.chance(0.4) ? frame : frame.subarray(0, cut);
  return { seconds: 0, fraction: 0, bytes, length: frame.length };
}

/** The places of the records that tcpdump selects. */
function selectedBy(file: string, expression: string, options: readonly string[]): number[] {
  const args = [...options, '-r', file, '-w', '-', '--', expression];
  const output = execFileSync('tcpdump', args, { stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 26 });
  const header = readHeader(output);
  const places: number[] = [];
  const records = output.subarray(24);
  if (header !== undefined)
    walkRecords(records, header, (_, offset) => {
      places.push(readRecordHeader(records, offset, header).at / 1_000_000);
    });
  return places;
}
