import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pace } from '../../src/bot/pace.ts';

test('a few edits go at once, then no more than forty a minute', () => {
  const edits = pace(40, 8);
  let now = 1_000_000;
  let made = 0;
  for (; now < 1_060_000; now += 50) {
    if (edits.wait(now) > 0) continue;
    edits.took(now);
    made += 1;
    if (now === 1_000_000) now -= 50;
  }
  assert.ok(made >= 46 && made <= 48, `${made} edits in the first minute`);
});

test('the wait it names is long enough', () => {
  const edits = pace(40, 1);
  edits.took(0);
  const wait = edits.wait(0);
  assert.equal(wait, 1_500);
  assert.equal(edits.wait(wait), 0);
});

test('a clock set back does not silence the bot', () => {
  const edits = pace(40, 2);
  edits.took(10_000_000);
  assert.equal(edits.wait(0), 0);
});
