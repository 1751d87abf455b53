import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { withCast } from '../../sandbox/workspace/cast.ts';
import { openWorkspace } from '../../sandbox/workspace/workspace.ts';
import { slackClients } from '../../src/bot/clients.ts';
import { digestRecord } from '../../src/bot/digest-record.ts';
import { postDaily } from '../../src/bot/digests.ts';
import { slackLog } from '../../src/bot/log.ts';
import { openSensor } from '../capture/sensor.ts';
import { until } from '../capture/wait.ts';
import { botDatabase, keptLog, manifest } from './sample.ts';

/** A bot that comes back to a digest of yesterday that somebody claimed, and nobody knows whether it was posted. */
async function comeBack(t: TestContext, scopes: (scope: string) => boolean, isThere: boolean) {
  const given = structuredClone(manifest) as { oauth_config: { scopes: { bot: string[] } } };
  given.oauth_config.scopes.bot = given.oauth_config.scopes.bot.filter(scopes);
  const workspace = await openWorkspace({ manifest: given });
  const channel = withCast(workspace).digest.id;
  const now = Date.now();
  const day = new Date(now - 86_400_000).toISOString().slice(0, 10);
  const sensor = openSensor();
  const { log } = keptLog();
  const secrets = { botToken: workspace.botToken, appToken: workspace.appToken, apiUrl: workspace.apiUrl };
  const slack = slackClients(secrets, slackLog(log)).digest;
  const database = botDatabase();
  for (let before = 2; before <= 8; before += 1) {
    const earlier = new Date(now - before * 86_400_000).toISOString().slice(0, 10);
    const record = digestRecord(database, channel, () => now);
    record.claim(earlier);
    record.settle(earlier, '1.1');
  }
  digestRecord(database, channel, () => now - 60_000).claim(day);
  const metadata = { event_type: 'capture_digest', event_payload: { op_id: `digest ${day}` } };
  if (isThere) await slack.chat.postMessage({ channel, text: 'of the bot before', metadata });
  const record = digestRecord(database, channel, () => now);
  const config = { ...sensor.config, reports: { ...sensor.config.reports, at: '00:00', timezone: 'UTC' } };
  const daily = postDaily({ engine: sensor.engine, config, now: () => now, slack, channel, record, log });
  t.after(async () => {
    await daily.stop();
    await sensor.close();
    await workspace.close();
  });
  await until('the digest to be settled', () => record.lastPosted() === day);
  return workspace.messagesIn(channel).map(({ text }) => text);
}

test('a digest that was posted, though nobody heard, is found and left alone', async (t) => {
  assert.deepEqual(await comeBack(t, () => true, true), ['of the bot before']);
});

test('a digest that was claimed and never came is posted', async (t) => {
  const [posted, ...more] = await comeBack(t, () => true, false);
  assert.match(posted ?? '', /bench-1, \w+day \d{4}-/);
  assert.deepEqual(more, []);
});

test('a digest that may be there and cannot be looked for is left to whoever asks', async (t) => {
  assert.deepEqual(await comeBack(t, (scope) => !scope.endsWith(':history'), false), []);
});
