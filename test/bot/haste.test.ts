import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openHaste } from '../../src/bot/haste.ts';
import type { Attempt } from '../../src/capture/orders.ts';
import { keptLog } from './sample.ts';

const words = '/capture list';

/** Haste with a clock that the test sets, and what it writes to the audit log. */
function counting() {
  const written: { attempt: Attempt; why: string }[] = [];
  let trouble: Error | null = null;
  let at = Date.UTC(2026, 10, 24, 10);
  const refused = (attempt: Attempt, why: string) => {
    if (trouble !== null) throw trouble;
    written.push({ attempt, why });
  };
  const haste = openHaste({ engine: { refused }, aMinute: 30, log: keptLog().log, now: () => at });
  return {
    written,
    haste,
    pass: (milliseconds: number) => {
      at += milliseconds;
    },
    lock: (error: Error | null) => {
      trouble = error;
    },
    /** How many of so many orders are let through. */
    orders: (user: string, count: number) =>
      Array.from({ length: count }, () => {
        try {
          const origin = { door: 'slack', team: 'T1', user, channel: 'C1' } as const;
          haste.count({ origin, verb: 'list', words, analyst: null });
          return true;
        } catch {
          return false;
        }
      }).filter(Boolean).length,
  };
}

test('ten orders at once and thirty a minute are let through, of each person', () => {
  const { orders, pass } = counting();
  assert.equal(orders('U1', 25), 10);
  assert.equal(orders('U2', 3), 3);
  pass(1_999);
  assert.equal(orders('U1', 5), 0);
  pass(1);
  assert.equal(orders('U1', 5), 1);
  pass(60_000);
  assert.equal(orders('U1', 25), 10);
  let through = 0;
  for (let second = 0; second < 60; second += 1) {
    pass(1_000);
    through += orders('U1', 5);
  }
  assert.equal(through, 30);
});

test('who is refused hears when they may go on, and may then', () => {
  const { haste, orders, pass } = counting();
  orders('U1', 10);
  const origin = { door: 'slack', team: 'T1', user: 'U1', channel: 'C1' } as const;
  assert.throws(() => haste.count({ origin, verb: 'list', words, analyst: null }), {
    code: 'not_allowed',
    message: 'that is more than 30 orders a minute: go on in 2 s, at 2026-11-24 10:00:02 UTC',
  });
  pass(2_000);
  assert.equal(orders('U1', 1), 1);
});

test('a clock that is set back locks nobody out, and gives nobody more', () => {
  const { orders, pass } = counting();
  assert.equal(orders('U1', 10), 10);
  pass(-3_600_000);
  assert.equal(orders('U1', 2), 0);
  pass(2_000);
  assert.equal(orders('U1', 2), 1);
});

test('a flood is in the audit log when it begins, then once a minute with its count, and not when it is over', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { orders, written, pass } = counting();
  const minute = () => {
    pass(60_000);
    t.mock.timers.tick(60_000);
  };
  orders('U1', 110);
  assert.equal(written.length, 1);
  assert.equal(written[0]?.attempt.words, words);
  minute();
  assert.deepEqual(written.map(({ attempt, why }) => [attempt.words, why]).slice(1), [
    ['', '99 more orders of this person refused: more than 30 a minute'],
  ]);
  orders('U1', 11);
  minute();
  assert.match(written[2]?.why ?? '', /^1 more order of this person refused/);
  minute();
  minute();
  assert.equal(written.length, 3);
  orders('U1', 11);
  assert.equal(written.length, 4);
});

test('what was counted is written when the bot ends, and after a registry that was locked', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { haste, orders, written, lock } = counting();
  orders('U1', 15);
  lock(new Error('the registry is locked'));
  t.mock.timers.tick(60_000);
  lock(null);
  assert.equal(written.length, 1);
  haste.close();
  assert.match(written[1]?.why ?? '', /^4 more orders/);
  haste.close();
  assert.equal(written.length, 2);
});
