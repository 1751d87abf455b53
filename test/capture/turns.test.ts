import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { turn } from '../../src/capture/turns.ts';

test('each who waits goes on in a turn of their own, first come, first served', async () => {
  const went: string[] = [];
  const through = ['first', 'second', 'third'].map((name) => turn().then(() => went.push(name)));
  assert.deepEqual(went, []);
  const seen: number[] = [];
  while (went.length < 3) {
    await nextTurn();
    seen.push(went.length);
  }
  assert.deepEqual(went, ['first', 'second', 'third']);
  assert.ok(
    seen.every((count, at) => count - (seen[at - 1] ?? 0) <= 1),
    `at most one a turn: ${seen}`,
  );
  await Promise.all(through);
  // Nobody is forgotten who comes once the queue was empty.
  await turn();
});
