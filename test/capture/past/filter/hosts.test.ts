import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Instruction, Program } from '../../../../src/capture/bpf.ts';
import { hostOperations } from '../../../../src/capture/past/filter/hosts.ts';

const load = (offset: number): Instruction => ({ code: 0x20, jt: 0, jf: 0, k: offset });
const compare = (word: number, jt: number, jf: number): Instruction => ({ code: 0x15, jt, jf, k: word });
const verdicts: Program = [
  { code: 0x06, jt: 0, jf: 0, k: 262_144 },
  { code: 0x06, jt: 0, jf: 0, k: 0 },
];
const [one, two] = [0x3fff0a61, 0xd72b48fc];
const table = { at: 4_096, words: 2, entries: 1 } as const;
const standIn = { words: [one, two], table: { family: 6, words: 2, ranges: Uint32Array.of(1, 1, 2, 2) } } as const;

function operations(program: Program) {
  return hostOperations({ program: [...program, ...verdicts], standIn }, table);
}

describe('a program for hosts of a list', () => {
  test('keeps the words of an address, and looks them up where it compared the last one', () => {
    assert.deepEqual(operations([load(22), compare(one, 0, 3), load(26), compare(two, 0, 1)]).slice(1, 4), [
      { does: 'keep', word: 0, by: 0 },
      { does: 'load', size: 4, offset: 26, indexed: false },
      { does: 'look up', table, whenTrue: 0, whenFalse: 1 },
    ]);
  });

  const wrong: readonly [title: string, program: Program, says: RegExp][] = [
    ['compares with no word', [load(22), compare(7, 0, 1)], /compares with no word of its address/],
    [
      'compares another word next',
      [load(22), compare(one, 0, 3), load(26), compare(7, 0, 1)],
      /word 1 .* not compared at 3/,
    ],
    ['leaves out the second word', [load(22), compare(one, 0, 1)], /operation 2 is no load/],
    [
      'goes on elsewhere for the second word',
      [load(22), compare(one, 0, 3), load(26), compare(two, 1, 0)],
      /goes on elsewhere/,
    ],
    [
      'comes to the second word another way',
      [load(12), compare(5, 2, 0), load(22), compare(one, 0, 3), load(26), compare(two, 0, 1)],
      /more than one way leads to 4/,
    ],
    [
      'compares the second word alone',
      [load(26), compare(two, 0, 5), load(22), compare(one, 0, 3), load(26), compare(two, 0, 1)],
      /operation 1 uses a word/,
    ],
    [
      'loads a word as a constant',
      [{ code: 0x00, jt: 0, jf: 0, k: one }, load(22), compare(one, 0, 3), load(26), compare(two, 0, 1)],
      /operation 0 uses a word/,
    ],
    ['jumps backward', [{ code: 0x05, jt: 0, jf: 0, k: 0xffff_ffff }], /jumps backward/],
  ];
  for (const [title, program, says] of wrong) {
    test(`that ${title} is refused, as a bug of ours`, () => {
      assert.throws(
        () => operations(program),
        (error: Error) => {
          assert.match(error.message, /^the program for hosts of a list is not as expected: /);
          return says.test(error.message);
        },
      );
    });
  }
});
