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

test('a search that waits for its person is taken once, whole, also after a restart', () => {
  const database = botDatabase();
  const id = openUnconfirmed(database, () => 1_000).keep(search, will);
  const restarted = openUnconfirmed(database, () => 2_000);
  assert.deepEqual(restarted.take(id, will), search);
  assert.equal(restarted.take(id, will), undefined);
});

test('nobody else takes it, and it still waits then', () => {
  const searches = openUnconfirmed(botDatabase(), () => 1_000);
  const id = searches.keep(search, will);
  assert.equal(searches.take(id, grant), undefined);
  assert.equal(searches.take(id, { ...will, team: 'T2' }), undefined);
  assert.ok(searches.take(id, will));
});

test('it is taken within 15 minutes, and forgotten after', () => {
  const database = botDatabase();
  let now = 1_000;
  const searches = openUnconfirmed(database, () => now);
  const [first, second] = [searches.keep(search, will), searches.keep(search, will)];
  now += 15 * 60_000;
  assert.ok(searches.take(first, will));
  now += 1;
  assert.equal(searches.take(second, will), undefined);
  searches.keep(search, will);
  assert.deepEqual(database.prepare('select count(*) as kept from unconfirmed').get(), { kept: 1 });
});
