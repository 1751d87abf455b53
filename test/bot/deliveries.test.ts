import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Deliveries, onlyFirst, openDeliveries } from '../../src/bot/deliveries.ts';
import { openUnanswered } from '../../src/bot/unanswered.ts';
import { CaptureError } from '../../src/capture/errors.ts';
import { botDatabase, keptLog } from './sample.ts';

/** The door that lets each delivery in once, and the orders that it notes as under way. */
function door(given?: Deliveries) {
  const database = botDatabase();
  const now = () => 1_000;
  const unanswered = openUnanswered(database, now, 'bot');
  const once = onlyFirst(given ?? openDeliveries(database, now), unanswered, keptLog().log);
  const deliver = (body: object, next: () => Promise<void>, more: object = {}): Promise<void> =>
    Reflect.apply(once, undefined, [{ body, context: {}, next, ...more }]);
  return { deliver, unanswered };
}

test('what Slack delivers twice is let through once, whichever of its keys is repeated', async () => {
  const deliveries = openDeliveries(botDatabase(), () => 1_000);
  assert.equal(await deliveries.first(['envelope e1', 'trigger t1']), true);
  assert.equal(await deliveries.first(['envelope e1', 'trigger t1']), false);
  assert.equal(await deliveries.first(['envelope e2', 'trigger t1']), false);
  assert.equal(await deliveries.first(['envelope e3', 'trigger t3']), true);
});

test('a restart forgets nothing', async () => {
  const database = botDatabase();
  await openDeliveries(database, () => 1_000).first(['envelope e1']);
  assert.equal(await openDeliveries(database, () => 2_000).first(['envelope e1']), false);
});

test('deliveries are kept for an hour', async () => {
  const database = botDatabase();
  let now = 0;
  const deliveries = openDeliveries(database, () => now);
  await deliveries.first(['envelope e1']);
  now = 3_600_000;
  assert.equal(await deliveries.first(['envelope e1']), false);
  now += 1;
  assert.equal(await deliveries.first(['envelope e2']), true);
  assert.deepEqual(database.prepare('select key from deliveries').pluck().all(), ['envelope e2']);
});

test('the repetition of a form is not acknowledged: that would close it before its answer is known', async () => {
  const { deliver } = door();
  const acked: string[] = [];
  for (const type of ['view_submission', 'block_actions']) {
    const ack = async () => void acked.push(type);
    for (const _ of ['first', 'again'])
      await deliver({ type, trigger_id: `1.${type}` }, async () => undefined, { ack });
  }
  assert.deepEqual(acked, ['block_actions']);
});

test('that somebody or a group changed is heard although the registry is locked', async () => {
  const { deliver } = door({ first: async () => assert.fail('the registry was asked'), forget: async () => undefined });
  const heard: string[] = [];
  for (const type of ['user_change', 'subteam_members_changed', 'channel_shared']) {
    await deliver({ event: { type }, event_id: 'Ev1' }, async () => void heard.push(type));
  }
  assert.deepEqual(heard, ['user_change', 'subteam_members_changed', 'channel_shared']);
  const mention = { event: { type: 'app_mention' }, event_id: 'Ev2' };
  await assert.rejects(
    deliver(mention, async () => undefined),
    /the registry was asked/,
  );
});

test('a message that comes as two events is heard once', async () => {
  const { deliver } = door();
  const heard: string[] = [];
  for (const [type, event_id, ts] of [
    ['message', 'Ev1', '1.1'],
    ['app_mention', 'Ev2', '1.1'],
    ['message', 'Ev3', '1.2'],
  ] as const) {
    const body = { type: 'event_callback', event_id, event: { type, channel: 'D1', ts } };
    await deliver(body, async () => void heard.push(`${type} ${ts}`));
  }
  assert.deepEqual(heard, ['message 1.1', 'message 1.2']);
});

test('what was taken back may be done again', async () => {
  const deliveries = openDeliveries(botDatabase(), () => 0);
  assert.ok(await deliveries.first(['view V1']));
  assert.ok(!(await deliveries.first(['view V1'])));
  await deliveries.forget('view V1');
  assert.ok(await deliveries.first(['view V1']));
});

test('an order is noted as unanswered until its person was answered, whatever way it came', async () => {
  const { deliver, unanswered } = door();
  const place = { team_id: 'T1', user_id: 'U1', channel_id: 'C1' };
  const click = { team: { id: 'T1' }, user: { id: 'U1' }, channel: { id: 'C1' } };
  const event = { type: 'message', ts: '1.2', user: 'U1', channel: 'D1', text: 'stop c1', thread_ts: '1.1' };
  const kept = { channel: 'C1', responseUrl: 'http://4', way: 'written', more: false, options: { description: 'a b' } };
  const form = { id: 'V4', private_metadata: JSON.stringify(kept), state: { values: {} }, blocks: [] };
  const bodies = [
    { ...place, trigger_id: '1', command: '/capture', text: 'list', response_url: 'http://1' },
    { ...click, trigger_id: '2', actions: [{ text: { text: 'Stop' }, value: 'c1' }], response_url: 'http://2' },
    { team_id: 'T1', event_id: 'E3', event },
    { ...click, trigger_id: '4', type: 'view_submission', view: form },
    // Nobody waits for these.
    { team_id: 'T1', event_id: 'E6', event: { ...event, ts: '1.3', bot_id: 'B1' } },
    { team_id: 'T1', event_id: 'E4', event: { type: 'app_home_opened', user: 'U1', channel: 'D1' } },
    { ...click, trigger_id: '5', type: 'shortcut' },
  ];
  const seen: unknown[] = [];
  for (const body of bodies) {
    await deliver(body, async () => void seen.push(unanswered.before(1_001)));
    await deliver(body, () => assert.fail('twice'));
  }
  const theirs = (channel: string) => ({ door: 'slack', team: 'T1', user: 'U1', channel });
  const noted = { at: 1_000, owner: 'bot', origin: theirs('C1'), thread: null };
  assert.deepEqual(seen, [
    [{ ...noted, key: 'trigger 1', words: '/capture list', responseUrl: 'http://1' }],
    [{ ...noted, key: 'trigger 2', words: '[Stop] c1', responseUrl: 'http://2' }],
    [{ ...noted, origin: theirs('D1'), key: 'event E3', thread: '1.1', words: 'stop c1', responseUrl: null }],
    [{ ...noted, key: 'view V4', words: "/capture start -d 'a b'", responseUrl: 'http://4' }],
    [],
    [],
    [],
  ]);
  assert.deepEqual(unanswered.before(1_001), []);
});

test('an order whose handler throws stays unanswered until its person is told', async () => {
  const { deliver, unanswered } = door();
  const body = { team_id: 'T1', user_id: 'U1', trigger_id: '1', command: '/capture', response_url: 'http://1' };
  await assert.rejects(deliver(body, () => Promise.reject(new Error('a bug'))));
  assert.equal(unanswered.before(1_001).length, 1);
});

test('what could not be noted is acknowledged and refused, and nothing comes of its repetition once it could be', async () => {
  let isLocked = true;
  const first = async () => (isLocked ? Promise.reject(new CaptureError('conflict', 'it is locked')) : true);
  const { deliver: into } = door({ first, forget: async () => undefined });
  const answers: unknown[] = [];
  const ack = async (answer?: object) => void answers.push(answer);
  const deliver = (body: object) => into(body, () => assert.fail('carried out'), { ack });
  const command = { trigger_id: '1', command: '/capture' };
  const blocks = [
    { type: 'section', block_id: 'words' },
    { type: 'input', block_id: 'description' },
  ];
  const form = { trigger_id: '2', type: 'view_submission', view: { blocks } };
  await assert.rejects(deliver(command), { code: 'conflict' });
  await assert.rejects(deliver(form), { code: 'conflict' });
  isLocked = false;
  await deliver(command);
  await deliver(form);
  const errors = { description: 'it is locked' };
  assert.deepEqual(answers, [undefined, { response_action: 'errors', errors }, undefined]);
});

test('what comes again while it waits to be noted is its repetition, although the registry is free by then', async () => {
  const { promise: locked, reject } = Promise.withResolvers<boolean>();
  let asked = 0;
  const first = () => (++asked === 1 ? locked : Promise.resolve(true));
  const { deliver: into } = door({ first, forget: async () => undefined });
  const ack = async () => undefined;
  const command = { trigger_id: '1', command: '/capture' };
  const deliver = () => into(command, () => assert.fail('carried out'), { ack });
  const original = deliver();
  await deliver();
  reject(new CaptureError('conflict', 'it is locked'));
  await assert.rejects(original, { code: 'conflict' });
  assert.equal(asked, 1);
});
