import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDeliveries } from '../../src/bot/deliveries.ts';
import { botDatabase } from './sample.ts';

test('what Slack delivers twice is let through once, whichever of its keys is repeated', () => {
  const deliveries = openDeliveries(botDatabase(), () => 1_000);
  assert.equal(deliveries.first(['envelope e1', 'trigger t1']), true);
  assert.equal(deliveries.first(['envelope e1', 'trigger t1']), false);
  assert.equal(deliveries.first(['envelope e2', 'trigger t1']), false);
  assert.equal(deliveries.first(['envelope e3', 'trigger t3']), true);
});

test('a restart forgets nothing', () => {
  const database = botDatabase();
  openDeliveries(database, () => 1_000).first(['envelope e1']);
  assert.equal(openDeliveries(database, () => 2_000).first(['envelope e1']), false);
});

test('deliveries are kept for an hour', () => {
  const database = botDatabase();
  let now = 0;
  const deliveries = openDeliveries(database, () => now);
  deliveries.first(['envelope e1']);
  now = 3_600_000;
  assert.equal(deliveries.first(['envelope e1']), false);
  now += 1;
  assert.equal(deliveries.first(['envelope e2']), true);
  assert.deepEqual(database.prepare('select key from deliveries').pluck().all(), ['envelope e2']);
});
