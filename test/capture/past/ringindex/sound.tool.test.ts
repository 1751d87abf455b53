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
import { pcapFile, type Shape } from '../generate/file.ts';
import { adversarialPackets, linktypes } from '../generate/packets.ts';
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

/** A file whose records have their place for seconds, so that those in tcpdump's output are known again; a block of its own for each. */
function sample(random: Random, linktype: number, at: number): Sample {
  const file = join(directory, `sample-${at}`);
  const packets = adversarialPackets(random, linktype).map((packet, place) => ({
    ...packet,
    seconds: place,
    fraction: 0,
  }));
  const shape: Shape = {
    linktype,
    littleEndian: random.chance(0.5),
    precision: random.chance(0.5) ? 'nanoseconds' : 'microseconds',
    snaplen: random.chance(0.7) ? 262_144 : random.between(40, 120),
  };
  writeFileSync(file, pcapFile(packets, shape));
  const index = indexOf(file, 1);
  assert.equal(index.head.blockCount, packets.length);
  return { file, linktype, index };
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
