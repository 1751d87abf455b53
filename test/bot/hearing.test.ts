import assert from 'node:assert/strict';
import { test } from 'node:test';
import { behindName, heardIn } from '../../src/bot/hearing.ts';

const said = { type: 'message', user: 'U1', channel: 'D1', ts: '1.1', text: 'list', team: 'T2' };

test('a person is heard, with who they are and where', () => {
  assert.deepEqual(heardIn(said, 'T1'), {
    origin: { door: 'slack', team: 'T2', user: 'U1', channel: 'D1' },
    text: 'list',
    ts: '1.1',
    thread: null,
  });
  assert.equal(heardIn({ ...said, team: undefined }, 'T1')?.origin.team, 'T1');
  assert.equal(heardIn({ ...said, user_team: 'T3' }, 'T1')?.origin.team, 'T3');
  assert.equal(heardIn({ ...said, thread_ts: '0.9' }, 'T1')?.thread, '0.9');
  // The root of a thread that is told of again is not in it.
  assert.equal(heardIn({ ...said, thread_ts: '1.1' }, 'T1')?.thread, null);
  assert.equal(heardIn({ ...said, subtype: 'thread_broadcast' }, 'T1')?.text, 'list');
});

test('edits, joins, other bots and the bot itself are not heard', () => {
  for (const other of [
    { subtype: 'message_changed', message: said },
    { subtype: 'message_deleted' },
    { subtype: 'bot_message' },
    { subtype: 'channel_join' },
    { bot_id: 'B1' },
    { edited: { user: 'U1', ts: '1.2' } },
    { user: undefined },
    { type: 'app_home_opened' },
  ]) {
    assert.equal(heardIn({ ...said, ...other }, 'T1'), null, JSON.stringify(other));
  }
});

test('an order stands behind the bot’s own name', () => {
  assert.equal(behindName('<@U9> stop', 'U9'), 'stop');
  assert.equal(behindName('\n <@U9|capture>:  show\nc1', 'U9'), 'show\nc1');
  assert.equal(behindName('<@U9>', 'U9'), '');
  assert.equal(behindName('<@U9> start -d "ask <@U9>"', 'U9'), 'start -d "ask <@U9>"');
  assert.equal(behindName('thanks <@U9>', 'U9'), null);
  assert.equal(behindName('<@U8> stop', 'U9'), null);
  assert.equal(behindName('<@U9> stop', undefined), null);
});
