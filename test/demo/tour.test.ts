import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const main = fileURLToPath(new URL('../../sandbox/demo/main.ts', import.meta.url));

test('the tour of the demo finds that each step does what it should', { timeout: 170_000 }, async () => {
  const tour = await execa(process.execPath, [main, '--script'], { reject: false, all: true, stdin: 'ignore' });
  assert.equal(tour.exitCode, 0, tour.all);
  assert.match(tour.all, /^ok: packets captured equal those that the generator sent: 750$/m);
  assert.match(tour.all, /^tour: 8 steps, all did what they should/m);
  assert.doesNotMatch(tour.all, /^FAILED/m);
});

test('without a terminal the demo says how to do without, and leaves it at that: 64', async () => {
  const demo = await execa(process.execPath, [main], { reject: false, stdin: 'ignore' });
  assert.equal(demo.exitCode, 64);
  assert.equal(demo.stdout, '');
  assert.match(demo.stderr, /^demo: this is not a terminal to type in: npm run demo -- --script plays a tour/);
});
