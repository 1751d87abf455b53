import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { type Instruction, type Program, readProgram } from '../../../../src/capture/bpf.ts';
import { longestProgram } from '../../../../src/capture/past/filter/judge.ts';
import { translate } from '../../../../src/capture/past/filter/scanner.ts';
import { pcapFile } from '../generate/file.ts';
import { adversarialPackets, linktypes } from '../generate/packets.ts';
import { pools } from '../generate/pools.ts';
import { randomFrom } from '../generate/random.ts';
import { scannerFor, select } from './select.ts';

const file = pcapFile(adversarialPackets(randomFrom(81), linktypes.EN10MB, 2_000));

function tcpdump(...args: string[]): Buffer {
  return execFileSync('tcpdump', ['-nn', '-r', '-', ...args], {
    input: file,
    stdio: ['pipe', 'pipe', 'ignore'],
    maxBuffer: 64 * 1024 * 1024,
  });
}

describe('a long list of indicators', () => {
  test('that libpcap did not optimise selects what tcpdump selects', () => {
    const others = Array.from({ length: 600 }, (_, at) => `host 172.16.${at >> 8}.${at & 0xff}`);
    const expression = [...others, ...pools.ipv4.slice(0, 3).map((host) => `host ${host}`), 'port 53'].join(' or ');
    const program = readProgram(tcpdump('-O', '-ddd', '--', expression).toString());
    assert.ok(program.length > 15_000, `${program.length} instructions`);
    const { records, packets } = select(scannerFor(program), file);
    assert.ok(packets > 100 && packets < 1_900, `${packets} packets`);
    assert.ok(records.equals(tcpdump('-O', '-w', '-', '--', expression).subarray(24)));
  });
});

describe('a program as long as may be', () => {
  /** At each step a test that leads far ahead, to a place of its own: the blocks are nested half as deep as the program is long. */
  const nested = (length: number): Program => {
    const instruction = (code: number, k: number, jt = 0, jf = 0): Instruction => ({ code, jt, jf, k });
    const end = [instruction(0x06, 1), instruction(0x06, 0)];
    const half = (length - end.length - 1) / 2;
    const body = Array.from({ length: half }, () => [
      instruction(0x15, 0xffff_ffff, 0, 1),
      instruction(0x05, half),
    ]).flat();
    const last = body.length + 1;
    const clipped = body.map((step, at) => (step.code === 0x05 ? { ...step, k: Math.min(half, last - at - 2) } : step));
    return [instruction(0x30, 0), ...clipped, ...end];
  };

  test('is translated and run, however deep its blocks are nested', () => {
    const program = nested(longestProgram - 1);
    assert.equal(program.length, longestProgram - 1);
    const packets = [0, 1].map((count) => ({ seconds: 1, fraction: 1, bytes: Buffer.alloc(count), length: count }));
    assert.equal(select(scannerFor(program), pcapFile(packets)).packets, 1);
  });

  test('is left to tcpdump when it has one instruction more', () => {
    const translation = translate(nested(longestProgram + 1));
    assert.deepEqual(translation, { translatable: false, why: '40001 instructions are more than 40000' });
  });
});

describe('ip6 protochain, which loops,', () => {
  test('is left to tcpdump', () => {
    for (const expression of ['ip6 protochain 6', 'ip protochain 51 or port 80']) {
      const translation = translate(readProgram(tcpdump('-ddd', '--', expression).toString()));
      assert.ok(!translation.translatable);
      assert.match(translation.why, /jumps backward/);
    }
  });
});
