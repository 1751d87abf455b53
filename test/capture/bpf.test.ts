import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readProgram } from '../../src/capture/bpf.ts';

test('a program is read as tcpdump -ddd prints it', () => {
  assert.deepEqual(readProgram('2\n21 0 1 4294967295\n6 0 0 262144\n'), [
    { code: 21, jt: 0, jf: 1, k: 4294967295 },
    { code: 6, jt: 0, jf: 0, k: 262144 },
  ]);
});

test('a program that is not whole is refused', () => {
  assert.throws(() => readProgram('3\n6 0 0 1\n'), /3 BPF instructions were announced, 1 came/);
  assert.throws(() => readProgram('1\n6 0 0\n'), /not a BPF instruction: 6 0 0/);
  assert.throws(() => readProgram('1\n6 0 0 x\n'), /not a BPF program/);
});
