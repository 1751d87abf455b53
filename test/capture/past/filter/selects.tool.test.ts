import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { readProgram } from '../../../../src/capture/bpf.ts';
import { isScannable } from '../../../../src/capture/past/filter/scannable.ts';
import { openScanner, translate } from '../../../../src/capture/past/filter/scanner.ts';
import { readHeader } from '../../../../src/capture/savefile.ts';
import { randomExpression } from '../generate/expression.ts';
import { pcapFile } from '../generate/file.ts';
import { adversarialPackets, linktypes } from '../generate/packets.ts';
import { randomFrom } from '../generate/random.ts';
import { select } from './select.ts';

/** Another seed, other packets and expressions. */
const seed = 20_260;

const packetsInRound = 400;

let directory: string;
before(() => {
  directory = mkdtempSync(join(tmpdir(), 'selects-test-'));
});
after(() => rmSync(directory, { recursive: true }));

/** A file of the linktype and expressions for it. */
interface Round {
  readonly name: string;
  readonly path: string;
  readonly file: Buffer;
  readonly precision: 'microseconds' | 'nanoseconds';
  readonly expressions: readonly string[];
}

function roundOf(name: string, linktype: number, count: number, number: number): Round {
  const random = randomFrom(seed + linktype * 1_000 + number);
  const littleEndian = random.chance(0.6) || !isScannableBigEndian(linktype);
  const filePrecision = random.one(['microseconds', 'microseconds', 'nanoseconds'] as const);
  const snaplen = random.one([262_144, 262_144, 65_535, 0, 60, 96]);
  const packets = adversarialPackets(random, linktype, packetsInRound);
  const file = pcapFile(packets, { linktype, littleEndian, precision: filePrecision, snaplen });
  const path = join(directory, `${name}-${number}.pcap`);
  writeFileSync(path, file);
  const precision = random.chance(0.7) ? filePrecision : 'nanoseconds';
  return {
    name,
    path,
    file,
    precision,
    expressions: Array.from({ length: count }, () => randomExpression(random, linktype)),
  };
}

function isScannableBigEndian(linktype: number): boolean {
  const header = readHeader(pcapFile([], { linktype, littleEndian: false }));
  return header !== undefined && isScannable(header).scannable;
}

const run = promisify(execFile);

/** What tcpdump prints; undefined when it refuses. */
async function tcpdump(...args: string[]): Promise<Buffer | undefined> {
  const done = await run('tcpdump', ['-nn', ...args], { encoding: 'buffer' }).catch(() => undefined);
  return done?.stdout;
}

type Outcome = 'refused' | 'not translated' | 'none' | 'some' | 'all';

/** Holds what the scanner selects against what tcpdump does, byte for byte. */
async function compare(round: Round, expression: string, pieces: () => number): Promise<Outcome> {
  const { name, path, file, precision } = round;
  const where = `seed ${seed}, ${name}, ${path}: ${expression}`;
  const compiled = await tcpdump('-r', path, '-ddd', '--', expression);
  if (compiled === undefined) return 'refused';
  const translation = translate(readProgram(compiled.toString()));
  if (!translation.translatable) {
    assert.match(translation.why, /reads a cell that may be empty/, where);
    assert.match(expression, /geneve/, where);
    return 'not translated';
  }
  const nano = precision === 'nanoseconds' ? ['--nano'] : [];
  const output = await tcpdump('-r', path, ...nano, '-w', '-', '--', expression);
  assert.ok(output !== undefined, where);
  const wanted = output.subarray(24);
  const { records, packets } = select(openScanner(translation.module), file, { precision, chunk: pieces });
  assert.ok(wanted.equals(records), `${where}: ${records.length} bytes, tcpdump selects ${wanted.length}`);
  return packets === 0 ? 'none' : packets === packetsInRound ? 'all' : 'some';
}

describe('a scan', () => {
  test('selects record for record what tcpdump -r selects: over 2,000 random expressions on every linktype', async (context) => {
    const rounds = Object.entries(linktypes).flatMap(([name, linktype]) =>
      Array.from({ length: linktype === linktypes.EN10MB ? 12 : 2 }, (_, number) =>
        roundOf(name, linktype, linktype === 239 ? 5 : 38, number),
      ),
    );
    const cases = rounds.flatMap((round) => round.expressions.map((expression) => ({ round, expression })));
    const outcomes: Record<Outcome, number> = { refused: 0, 'not translated': 0, none: 0, some: 0, all: 0 };
    const random = randomFrom(seed);
    const waiting = cases.values();
    await Promise.all(
      Array.from({ length: 3 }, async () => {
        for (const { round, expression } of waiting) {
          const most = random.one([50, 2_000, 512 * 1024]);
          outcomes[await compare(round, expression, () => random.between(1, most))] += 1;
        }
      }),
    );
    const told = JSON.stringify(outcomes);
    context.diagnostic(told);
    assert.ok(outcomes.none + outcomes.some + outcomes.all >= 2_000, told);
    assert.ok(outcomes.some > 1_000, told);
  });
});
