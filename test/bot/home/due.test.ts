import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Drawn, dueAt, moreUrgent, nextOf, type Reason } from '../../../src/bot/home/due.ts';

const now = 1_000_000;
const drawn = (reason: Reason, changes: Partial<Drawn> = {}): Drawn => ({
  reason,
  lookedAt: now,
  drawnAt: now,
  notBefore: 0,
  ...changes,
});

test('what goes on is drawn at most every 15 s, an ending within 10 s, and what nobody changed now and then', () => {
  assert.equal(dueAt(drawn('moved'), now), now + 15_000);
  assert.ok(dueAt(drawn('turned'), now) <= now + 5_000);
  assert.equal(dueAt(drawn('old'), now), now + 300_000);
  assert.ok(dueAt(drawn('asked'), now) > now, 'nor is it drawn as often as somebody opens it');
});

test('one that was never drawn is due at once, one that failed after its wait', () => {
  assert.equal(dueAt(drawn('moved', { lookedAt: null }), now), 0);
  assert.equal(dueAt(drawn('asked', { notBefore: now + 60_000 }), now), now + 60_000);
});

test('a look at a Home that was as it should be does not put off the next drawing of what is old', () => {
  assert.equal(dueAt(drawn('old', { drawnAt: now - 290_000 }), now), now + 10_000);
});

test('a clock that was set back holds up no Home', () => {
  assert.equal(dueAt(drawn('moved', { lookedAt: now + 3_600_000 }), now), now + 15_000);
});

test('whoever asks comes first, then endings, then who waits longest', () => {
  const old = now - 400_000;
  const homes = [
    drawn('old', { lookedAt: old, drawnAt: old }),
    drawn('moved', { lookedAt: old }),
    drawn('turned', { lookedAt: old + 1 }),
    drawn('turned', { lookedAt: old }),
    drawn('asked', { lookedAt: now - 2_000 }),
  ];
  assert.equal(nextOf(homes, now), homes[4]);
  assert.equal(nextOf(homes.slice(0, 4), now), homes[3]);
  assert.equal(nextOf(homes.slice(0, 2), now), homes[1]);
  const later = [drawn('old'), drawn('moved')];
  assert.equal(nextOf(later, now), later[1]);
  assert.equal(moreUrgent('old', 'moved'), 'moved');
  assert.equal(moreUrgent('turned', 'moved'), 'turned');
});
