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

test('that somebody or a group changed is heard although the registry is locked', async () => {
  const locked = { first: () => assert.fail('the registry was asked'), forget: () => undefined };
  const heard: string[] = [];
  for (const type of ['user_change', 'subteam_members_changed', 'channel_shared']) {
    const said = { body: { event: { type }, event_id: 'Ev1' }, context: {}, next: async () => void heard.push(type) };
    await Reflect.apply(onlyFirst(locked), undefined, [said]);
  }
  assert.deepEqual(heard, ['user_change', 'subteam_members_changed', 'channel_shared']);
  const mention = {
    body: { event: { type: 'app_mention' }, event_id: 'Ev2' },
    context: {},
    next: async () => undefined,
  };
  await assert.rejects(Reflect.apply(onlyFirst(locked), undefined, [mention]), /the registry was asked/);
});

test('what was taken back may be done again', () => {
  const deliveries = openDeliveries(botDatabase(), () => 0);
  assert.ok(deliveries.first(['view V1']));
  assert.ok(!deliveries.first(['view V1']));
  deliveries.forget('view V1');
  assert.ok(deliveries.first(['view V1']));
});
