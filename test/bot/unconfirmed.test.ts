import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openUnconfirmed, type Unconfirmed } from '../../src/bot/unconfirmed.ts';
import { botDatabase } from './sample.ts';

const will = { door: 'slack', team: 'T1', user: 'U2', channel: 'C1' } as const;
const grant = { ...will, user: 'U1' };
const search: Unconfirmed = {
  asked: {
    verb: 'search',
    order: { description: 'beacon', expression: 'port 4444', window: { since: 1, until: null }, hosts: ['192.0.2.7'] },
  },
  words: '/capture search -d beacon port 4444',
};

test('a search that waits for its person is taken once, whole, also after a restart', async () => {
  const database = botDatabase();
  const id = await openUnconfirmed(database, () => 1_000).keep(search, will);
  const restarted = openUnconfirmed(database, () => 2_000);
  assert.deepEqual(await restarted.take(id, will), search);
  assert.equal(await restarted.take(id, will), undefined);
});

test('nobody else takes it, and it still waits then', async () => {
  const searches = openUnconfirmed(botDatabase(), () => 1_000);
  const id = await searches.keep(search, will);
  assert.equal(await searches.take(id, grant), undefined);
  assert.equal(await searches.take(id, { ...will, team: 'T2' }), undefined);
  assert.ok(await searches.take(id, will));
});

test('it is taken within 15 minutes, and forgotten after', async () => {
  const database = botDatabase();
  let now = 1_000;
  const searches = openUnconfirmed(database, () => now);
  const [first, second] = [await searches.keep(search, will), await searches.keep(search, will)];
  now += 15 * 60_000;
  assert.ok(await searches.take(first, will));
  now += 1;
  assert.equal(await searches.take(second, will), undefined);
  await searches.keep(search, will);
  assert.deepEqual(database.prepare('select count(*) as kept from unconfirmed').get(), { kept: 1 });
});
