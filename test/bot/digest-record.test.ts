import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestRecord } from '../../src/bot/digest-record.ts';
import { botDatabase } from './sample.ts';

test('a day is claimed once for a channel, also after a restart', () => {
  const database = botDatabase();
  const record = digestRecord(database, 'C1', () => 1_000);
  assert.equal(record.claim('2026-11-23'), 'new');
  record.settle('2026-11-23', '1.1');
  const again = digestRecord(database, 'C1', () => 99_000_000);
  assert.equal(again.claim('2026-11-23'), 'taken');
  assert.equal(again.lastPosted(), '2026-11-23');
  assert.equal(digestRecord(database, 'C2', () => 1_000).claim('2026-11-23'), 'new');
});

test('a claim that nobody settled is unsettled once its request must be over, and counts as not posted', () => {
  const database = botDatabase();
  let now = 1_000;
  const record = digestRecord(database, 'C1', () => now);
  record.claim('2026-11-23');
  now += 12_000;
  assert.equal(record.claim('2026-11-23'), 'taken');
  now += 1;
  assert.equal(record.claim('2026-11-23'), 'unsettled');
  assert.equal(record.claim('2026-11-23'), 'taken');
  assert.equal(record.lastPosted(), null);
});

test('a claim given back can be taken again, a settled one cannot be given back', () => {
  const record = digestRecord(botDatabase(), 'C1', () => 1_000);
  record.claim('2026-11-23');
  record.release('2026-11-23');
  assert.equal(record.claim('2026-11-23'), 'new');
  record.settle('2026-11-23', null);
  record.release('2026-11-23');
  assert.equal(record.claim('2026-11-23'), 'taken');
});
