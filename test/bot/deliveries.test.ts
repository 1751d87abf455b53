import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onlyFirst, openDeliveries } from '../../src/bot/deliveries.ts';
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

test('the repetition of a form is not acknowledged: that would close it before its answer is known', async () => {
  const deliveries = openDeliveries(botDatabase(), () => 0);
  const acked: string[] = [];
  const deliver = async (type: string) => {
    const said = { body: { type, trigger_id: `1.${type}` }, context: {}, next: async () => undefined };
    await Reflect.apply(onlyFirst(deliveries), undefined, [{ ...said, ack: async () => void acked.push(type) }]);
  };
  for (const type of ['view_submission', 'block_actions']) {
    await deliver(type);
    await deliver(type);
  }
  assert.deepEqual(acked, ['block_actions']);
});

test('a message that comes as two events is heard once', async () => {
  const deliveries = openDeliveries(botDatabase(), () => 0);
  const heard: string[] = [];
  const deliver = async (type: string, event_id: string, ts: string) => {
    const body = { type: 'event_callback', event_id, event: { type, channel: 'D1', ts } };
    const next = async () => void heard.push(`${type} ${ts}`);
    await Reflect.apply(onlyFirst(deliveries), undefined, [{ body, context: {}, next }]);
  };
  await deliver('message', 'Ev1', '1.1');
  await deliver('app_mention', 'Ev2', '1.1');
  await deliver('message', 'Ev3', '1.2');
  assert.deepEqual(heard, ['message 1.1', 'message 1.2']);
});

test('what was taken back may be done again', () => {
  const deliveries = openDeliveries(botDatabase(), () => 0);
  assert.ok(deliveries.first(['view V1']));
  assert.ok(!deliveries.first(['view V1']));
  deliveries.forget('view V1');
  assert.ok(deliveries.first(['view V1']));
});
