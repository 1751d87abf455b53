import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Pace, pace } from '../../src/bot/pace.ts';

/** How many come within the time, where each comes as soon as it may. */
function madeIn(edits: Pace, from: number, to: number, kept: number): number[] {
  const made: number[] = [];
  for (let now = from; now < to; now += Math.max(1, edits.wait(now, kept))) {
    if (edits.wait(now, kept) > 0) continue;
    edits.took(now);
    made.push(now);
  }
  return made;
}

test('no minute has more than forty', () => {
  const made = madeIn(pace(40), 1_000_000, 1_300_000, 0);
  const most = Math.max(...made.map((at) => made.filter((one) => one >= at && one < at + 60_000).length));
  assert.equal(most, 40);
});

test('what is kept for endings is free when they come, all at once', () => {
  const edits = pace(40, { steady: true });
  assert.ok(madeIn(edits, 0, 600_000, 30).length >= 100, 'progress goes on');
  const endings = madeIn(edits, 600_000, 600_030, 0);
  assert.equal(endings.length, 30);
});

test('progress comes in even steps', () => {
  const made = madeIn(pace(40, { steady: true }), 0, 60_000, 10);
  assert.deepEqual(made.slice(0, 4), [0, 2_000, 4_000, 6_000]);
});

test('the wait it names is long enough', () => {
  const edits = pace(2);
  edits.took(0);
  edits.took(500);
  assert.equal(edits.wait(600), 59_400);
  assert.equal(edits.wait(600 + edits.wait(600)), 0);
});

test('a clock set back does not silence the bot', () => {
  const edits = pace(1);
  edits.took(10_000_000);
  assert.equal(edits.wait(0), 0);
});
