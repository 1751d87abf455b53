import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestRecord } from '../../src/bot/digest-record.ts';
import { botDatabase } from './sample.ts';

test('a day is claimed once for a channel, also after a restart', async () => {
  const database = botDatabase();
  const record = digestRecord(database, 'C1', () => 1_000);
  assert.equal(await record.claim('2026-11-23'), 'new');
  await record.settle('2026-11-23', '1.1');
  const again = digestRecord(database, 'C1', () => 99_000_000);
  assert.equal(await again.claim('2026-11-23'), 'taken');
  assert.equal(again.lastPosted(), '2026-11-23');
  assert.equal(await digestRecord(database, 'C2', () => 1_000).claim('2026-11-23'), 'new');
});

test('a claim that nobody settled is unsettled once its request must be over, and counts as not posted', async () => {
  const database = botDatabase();
  let now = 1_000;
  const record = digestRecord(database, 'C1', () => now);
  await record.claim('2026-11-23');
  now += 12_000;
  assert.equal(await record.claim('2026-11-23'), 'taken');
  now += 1;
  assert.equal(await record.claim('2026-11-23'), 'unsettled');
  assert.equal(await record.claim('2026-11-23'), 'taken');
  assert.equal(record.lastPosted(), null);
});

test('a claim given back can be taken again, a settled one cannot be given back', async () => {
  const record = digestRecord(botDatabase(), 'C1', () => 1_000);
  await record.claim('2026-11-23');
  await record.release('2026-11-23');
  assert.equal(await record.claim('2026-11-23'), 'new');
  await record.settle('2026-11-23', null);
  await record.release('2026-11-23');
  assert.equal(await record.claim('2026-11-23'), 'taken');
});
