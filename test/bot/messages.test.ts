import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { openMessages } from '../../src/bot/messages.ts';
import { botDatabase } from './sample.ts';

const shown = { version: 3, state: 'running', at: 50, settled: false } as const;

test('what the bot has on Slack is known after an upgrade, and old failures and losses are not told as new', async () => {
  const database = new Database(':memory:');
  const apply = (tables: string) =>
    database.exec(readFileSync(new URL(`../../src/schema/${tables}`, import.meta.url), 'utf8'));
  apply('002-slack.sql');
  database.exec(`insert into messages (capture, part, channel, op, ts, sent_version, sent_state, sent_at, trouble) values
    ('c1', 'main', 'C1', 'o1', '1.1', 7, 'died', 40, null), ('c1', 'thread', 'C1', 'o2', '1.2', 7, 'died', 41, null),
    ('c2', 'main', 'C1', 'o3', '1.3', 8, 'running', 42, 'message_not_found')`);
  apply('013-living-messages.sql');
  apply('016-attempts.sql');
  const messages = openMessages(database);
  assert.partialDeepStrictEqual(messages.find('c1', 'main'), { op: 'o1', ts: '1.1', sentVersion: 7, about: 0 });
  assert.deepEqual(
    messages.of('c1').map(({ part, settled }) => [part, settled]),
    [
      ['failure', 1],
      ['main', 0],
      ['thread', 0],
    ],
  );
  assert.deepEqual(
    messages.of('c2').map(({ part, settled }) => [part, settled]),
    [
      ['loss', 1],
      ['loss report', 1],
      ['main', 0],
    ],
  );
});

test('a thread is about the capture, or the request for approval, whose message is its root', async () => {
  const messages = openMessages(botDatabase());
  for (const [capture, ts] of [
    ['a1', '1.1'],
    ['c1', '1.2'],
  ] as const)
    await messages.markSent(await messages.claim({ capture, part: 'main', about: 0 }, 'C1'), ts, shown);
  assert.equal(messages.aboutAt(['C1'], '1.1'), 'a1');
  assert.equal(messages.aboutAt(['C2'], '1.1'), undefined);
  assert.equal(messages.aboutAt(['C1'], '1.2'), 'c1');
});

test('posting a message is no edit of it', async () => {
  const messages = openMessages(botDatabase());
  const main = () => messages.claim({ capture: 'c1', part: 'main', about: 0 }, 'C1');
  await messages.markSent(await main(), '1.1', shown);
  assert.equal((await main()).editedAt, null);
  await messages.markSent(await main(), '1.1', { ...shown, at: 90 });
  assert.equal((await main()).editedAt, 90);
});

test('there is one question for each deadline', async () => {
  const messages = openMessages(botDatabase());
  const asked = (about: number) => messages.claim({ capture: 'c1', part: 'question', about }, 'C1');
  assert.equal((await asked(5_000)).op, (await asked(5_000)).op);
  assert.notEqual((await asked(5_000)).op, (await asked(9_000)).op);
});

test('what an analyst was warned of is kept as it was first said', async () => {
  const messages = openMessages(botDatabase());
  assert.deepEqual(messages.warnings('c1'), []);
  await messages.keepWarnings('c1', ['one', '<!channel>']);
  await messages.keepWarnings('c1', ['another']);
  assert.deepEqual(messages.warnings('c1'), ['one', '<!channel>']);
});

test('a message tells which capture it is about, by where it is', async () => {
  const messages = openMessages(botDatabase());
  await messages.markSent(await messages.claim({ capture: 'c1', part: 'main', about: 0 }, 'C1'), '1.1', shown);
  await messages.markSent(await messages.claim({ capture: 'c2', part: 'failure', about: 0 }, 'U1'), '1.2', shown);
  assert.equal(messages.aboutAt(['C1'], '1.1'), 'c1');
  assert.equal(messages.aboutAt(['D1', 'U1'], '1.2'), 'c2');
  assert.equal(messages.aboutAt(['C2'], '1.1'), undefined);
  assert.equal(messages.aboutAt(['C1'], '1.3'), undefined);
});
