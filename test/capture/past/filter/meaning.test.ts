import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Instruction, Program } from '../../../../src/capture/bpf.ts';
import { translate } from '../../../../src/capture/past/filter/scanner.ts';
import { type Packet, pcapFile } from '../generate/file.ts';
import { word32 } from '../generate/pools.ts';
import { type Random, randomFrom } from '../generate/random.ts';
import { calculate, interpret } from './interpreter.ts';
import { scannerFor, select } from './select.ts';

const instruction = (code: number, k = 0, jt = 0, jf = 0): Instruction => ({ code, jt, jf, k });
const accept = instruction(0x06, 262_144);
const reject = instruction(0x06, 0);
const operators = [0x04, 0x14, 0x24, 0x34, 0x94, 0x44, 0x54, 0xa4, 0x64, 0x74];
const isShift = (operator: number): boolean => operator === 0x64 || operator === 0x74;
/** Values at the edges of 32 bits with and without sign, of shifts and of a packet. */
const edges = [
  0, 1, 2, 4, 7, 31, 32, 33, 63, 64, 255, 65_535, 262_143, 262_144, 0x7fff_ffff, 0x8000_0000, 0xffff_fffc, 0xffff_ffff,
];

function packetOf(bytes: Buffer, length = bytes.length): Packet {
  return { seconds: 1, fraction: 0, bytes, length };
}

/** Whether the scanner accepts each packet, and whether the interpreter does. */
function verdicts(program: Program, packets: readonly Packet[]): { scanner: boolean[]; interpreter: boolean[] } {
  const scanner = scannerFor(program);
  const numbered = packets.map((packet, at) => ({ ...packet, seconds: at }));
  const accepted = new Set(secondsOf(select(scanner, pcapFile(numbered)).records));
  return {
    scanner: packets.map((_, at) => accepted.has(at)),
    interpreter: packets.map(({ bytes, length }) => interpret(program, bytes, length)),
  };
}

function secondsOf(records: Buffer): number[] {
  const seconds: number[] = [];
  for (let at = 0; at < records.length; at += 16 + records.readUInt32LE(at + 8)) seconds.push(records.readUInt32LE(at));
  return seconds;
}

/** The verdicts on the packets, on which scanner and interpreter must agree. */
function agree(program: Program, packets: readonly Packet[]): boolean[] {
  const { scanner, interpreter } = verdicts(program, packets);
  assert.deepEqual(scanner, interpreter, JSON.stringify(program));
  return scanner;
}

describe('a translated program', () => {
  test('calculates as BPF does at every edge, with a constant and with X', () => {
    // A is the first word of a packet, X the second, and the third is what should come of it.
    const compare = [instruction(0x07), instruction(0x20, 8), instruction(0x1d, 0, 0, 1), accept, reject];
    const packet = (operator: number, left: number, right: number): Packet =>
      packetOf(
        Buffer.concat([left, right, Number(calculate(operator, BigInt(left), BigInt(right)) ?? 0n)].map(word32)),
      );
    for (const operator of operators) {
      const withX = [
        instruction(0x20, 4),
        instruction(0x07),
        instruction(0x20, 0),
        instruction(operator | 8),
        ...compare,
      ];
      const all = edges.flatMap((left) => edges.map((right) => packet(operator, left, right)));
      const divides = operator === 0x34 || operator === 0x94;
      assert.equal(agree(withX, all).filter(Boolean).length, edges.length * (edges.length - (divides ? 1 : 0)));
      for (const right of edges) {
        if (divides ? right === 0 : isShift(operator) && right > 31) continue;
        const withConstant = [instruction(0x20, 0), instruction(operator, right), ...compare];
        const packets = edges.map((left) => packet(operator, left, right));
        assert.ok(agree(withConstant, packets).every(Boolean));
      }
    }
  });

  test('compares without sign at every edge, with a constant and with X', () => {
    const packets = edges.flatMap((left) => edges.map((right) => packetOf(Buffer.concat([left, right].map(word32)))));
    const ways = [
      [0, 1],
      [1, 0],
      [1, 2],
      [1, 1],
    ] as const;
    for (const comparison of [0x15, 0x25, 0x35, 0x45])
      for (const [jt, jf] of ways) {
        const verdicts = [accept, reject, accept];
        const operands = [instruction(0x20, 4), instruction(0x07), instruction(0x20, 0)];
        agree([...operands, instruction(comparison | 8, 0, jt, jf), ...verdicts], packets);
        for (const right of edges) agree([...operands, instruction(comparison, right, jt, jf), ...verdicts], packets);
      }
  });

  test('negates, and gives back what it stored in each of the 16 cells', () => {
    const one = packetOf(Buffer.alloc(4));
    for (const value of edges) agree([instruction(0x00, value), instruction(0x84), instruction(0x16)], [one]);
    for (let cell = 0; cell < 16; cell += 1) {
      const program = [
        instruction(0x00, cell + 1),
        instruction(0x02, cell),
        instruction(0x01, 77),
        instruction(0x03, (cell + 1) % 16),
        instruction(0x61, cell),
        instruction(0x60, (cell + 1) % 16),
        instruction(0x1c),
        instruction(0x15, 76 - cell, 0, 1),
        accept,
        reject,
      ];
      assert.deepEqual(agree(program, [one]), [true]);
    }
  });

  test('finds its registers empty at each packet', () => {
    const program = [
      instruction(0x4c),
      instruction(0x15, 0, 0, 4),
      instruction(0x00, 9),
      instruction(0x07),
      instruction(0x30, 0),
      accept,
      reject,
    ];
    const file = pcapFile([1, 2, 3].map((byte) => packetOf(Buffer.from([byte]))));
    assert.equal(select(scannerFor(program), file).packets, 3);
  });

  test('rejects a packet when it loads a byte behind its end, wherever X and the offset lead', () => {
    const packets = [0, 1, 2, 3, 4, 5, 8, 64].map((count) => packetOf(Buffer.alloc(count, 0x4f)));
    let accepted = 0;
    for (const offset of edges) {
      for (const code of [0x20, 0x28, 0x30, 0xb1])
        accepted += agree([instruction(code, offset), accept], packets).filter(Boolean).length;
      for (const code of [0x40, 0x48, 0x50])
        for (const X of edges)
          accepted += agree([instruction(0x01, X), instruction(code, offset), accept], packets).filter(Boolean).length;
    }
    assert.ok(accepted > 50);
  });

  test('knows the length on the wire, and loads only what was captured', () => {
    const packets = [0, 1, 64, 65_535, 0xffff_ffff].map((length) => packetOf(Buffer.alloc(20, 1), length));
    for (const code of [0x80, 0x81])
      for (const length of edges)
        agree(
          [
            instruction(code),
            ...(code === 0x81 ? [instruction(0x87)] : []),
            instruction(0x35, length, 0, 1),
            accept,
            reject,
          ],
          packets,
        );
    assert.deepEqual(agree([instruction(0x30, 63), accept], packets), [false, false, false, false, false]);
  });

  test('agrees with the interpreter on 3,000 programs of chance', () => {
    const random = randomFrom(20_251);
    const packets = Array.from({ length: 12 }, () => {
      const bytes = random.bytes(random.integer(40));
      return packetOf(bytes, random.one([bytes.length, random.integer(2_000)]));
    });
    let accepted = 0;
    for (let count = 0; count < 3_000; count += 1)
      accepted += agree(programOfChance(random), packets).filter(Boolean).length;
    assert.ok(accepted > 3_000 && accepted < 33_000, `${accepted} of 36000 packets accepted`);
  });
});

describe('left to tcpdump is', () => {
  const because = (program: Program): string => {
    const translation = translate(program);
    assert.ok(!translation.translatable);
    return translation.why;
  };

  test('a program that jumps backward or out of itself, or has no end', () => {
    assert.match(because([instruction(0x30, 0), instruction(0x05, 0xffff_fffe), accept]), /jumps backward/);
    assert.match(because([instruction(0x05, 1), accept]), /leaves the program/);
    assert.match(because([instruction(0x15, 1, 0, 200), accept]), /leaves the program/);
    assert.match(because([instruction(0x30, 0)]), /leaves the program/);
    assert.match(because([]), /no instruction/);
  });

  test('a program that reads a cell which nothing was stored in on some way to it', () => {
    const stores = (one: Instruction, other: Instruction): Program => [
      instruction(0x30, 0),
      instruction(0x15, 1, 0, 2),
      one,
      instruction(0x05, 1),
      other,
      instruction(0x60, 3),
      instruction(0x16),
    ];
    const [there, elsewhere] = [instruction(0x02, 3), instruction(0x03, 4)];
    assert.match(because(stores(there, elsewhere)), /instruction 5 reads a cell that may be empty/);
    assert.match(because(stores(elsewhere, there)), /instruction 5 reads a cell that may be empty/);
    assert.equal(translate(stores(there, instruction(0x03, 3))).translatable, true);
    assert.match(because([instruction(0x61, 0), accept]), /instruction 0 reads a cell that may be empty/);
  });

  test('an instruction that libpcap gives no certain meaning', () => {
    for (const unknown of [
      instruction(0x38),
      instruction(0xe5),
      instruction(0x26),
      instruction(0x17),
      instruction(0x60, 16),
      instruction(0x02, 16),
      instruction(0x34, 0),
      instruction(0x94, 0),
      instruction(0x64, 32),
      instruction(0x74, 0xffff_ffff),
    ])
      assert.match(because([unknown, accept]), /instruction 0 has the code/);
  });
});

/** Up to 30 instructions of any kind, forward jumps among them, and a verdict by A. */
function programOfChance(random: Random): Program {
  const length = random.between(1, 30);
  const body = Array.from({ length }, (_, at): Instruction => {
    const left = length - at;
    const value = random.chance(0.5) ? random.integer(40) : random.one(edges);
    const cell = random.integer(16);
    const ahead = (): number => random.integer(Math.min(left, 256));
    switch (random.integer(12)) {
      case 0:
      case 1:
        return instruction(random.one([0x20, 0x28, 0x30, 0xb1]), random.integer(12));
      case 2:
        return instruction(random.one([0x40, 0x48, 0x50]), random.chance(0.8) ? random.integer(8) : value);
      case 3:
        return instruction(random.one([0x00, 0x01]), value);
      case 4:
        return instruction(random.one([0x80, 0x81, 0x07, 0x87, 0x84]));
      case 5:
        return instruction(random.one([0x60, 0x61, 0x02, 0x03]), cell);
      case 6:
        return instruction(0x05, ahead());
      case 7:
      case 8:
        return instruction(random.one([0x15, 0x1d, 0x25, 0x2d, 0x35, 0x3d, 0x45, 0x4d]), value, ahead(), ahead());
      case 9:
        return random.chance(0.1) ? random.one([accept, reject, instruction(0x16)]) : instruction(0x87);
      default: {
        const code = random.one(operators);
        if (random.chance(0.4)) return instruction(code | 8);
        return instruction(code, isShift(code) ? value % 32 : Math.max(1, value));
      }
    }
  });
  const stores = Array.from({ length: 16 }, (_, cell) => instruction(0x02, cell));
  return [...stores, ...body, instruction(0x16)];
}
