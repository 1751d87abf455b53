import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WebAPIRateLimitedError, WebClient } from '@slack/web-api';
import { handClock } from '../../sandbox/workspace/clock.ts';
import type { Workspace } from '../../sandbox/workspace/workspace.ts';
import { stageWith } from './workspace-app.ts';

const NOVEMBER = Date.UTC(2026, 10, 24, 2, 10, 5);

test('a response_url takes five posts within 30 minutes, and a sixth is refused', async (t) => {
  const clock = handClock(NOVEMBER);
  const { workspace, soc, stop } = await stageWith((app) => app.command('/capture', ({ ack }) => ack()), { clock });
  t.after(stop);
  const url = await responseUrl(workspace, soc.id);
  for (const each of ['1', '2', '3', '4', '5']) assert.equal((await respond(url, each)).status, 200);
  const sixth = await respond(url, '6');
  assert.equal(sixth.status, 404);
  assert.deepEqual(await sixth.json(), { ok: false, error: 'expired_url' });
  assert.equal(workspace.ephemeralsFor('grant').length, 5);

  const late = await responseUrl(workspace, soc.id);
  clock.advance(30 * 60_000 + 1);
  assert.equal((await respond(late, 'late')).status, 404);
});

test('a response_url may post for all to see', async (t) => {
  const { workspace, soc, stop } = await stageWith((app) =>
    app.command('/capture', async ({ ack, respond: answer }) => {
      await ack();
      await answer({ response_type: 'in_channel', text: 'started' });
    }),
  );
  t.after(stop);
  await workspace.as('grant').types('/capture start', soc);
  await workspace.until(() => workspace.messagesIn(soc).find(({ text }) => text === 'started'));
  assert.deepEqual(workspace.ephemeralsFor('grant'), []);
});

test('a 429 says when to come back, and a client that waits gets through', async (t) => {
  const { workspace, app, soc, stop } = await stageWith(() => {});
  t.after(stop);
  workspace.faults.limitNext('chat.postMessage', 2, 0);
  await app.client.chat.postMessage({ channel: soc.id, text: 'patient' });
  assert.equal(workspace.calls('chat.postMessage').length, 3);

  workspace.faults.limitNext('chat.postMessage', 1, 7);
  const hasty = new WebClient(workspace.botToken, { slackApiUrl: workspace.apiUrl, rejectRateLimitedCalls: true });
  await assert.rejects(hasty.chat.postMessage({ channel: soc.id, text: 'hasty' }), (failure) => {
    return failure instanceof WebAPIRateLimitedError && failure.retryAfter === 7;
  });
});

test('where rate limits are on, a channel takes a small burst and then one message a second', async (t) => {
  const clock = handClock(NOVEMBER);
  const { workspace, soc, digest, stop } = await stageWith(() => {}, { clock, rateLimits: true });
  t.after(stop);
  const hasty = new WebClient(workspace.botToken, { slackApiUrl: workspace.apiUrl, rejectRateLimitedCalls: true });
  const post = (channel: string) =>
    hasty.chat.postMessage({ channel, text: 'x' }).then(
      () => 'posted',
      () => 'limited',
    );
  const seen = [];
  for (let nth = 0; nth < 5; nth += 1) seen.push(await post(soc.id));
  assert.deepEqual(seen, ['posted', 'posted', 'posted', 'posted', 'limited']);
  assert.equal(await post(digest.id), 'posted', 'each channel has its own limit');
  clock.advance(1_000);
  assert.deepEqual([await post(soc.id), await post(soc.id)], ['posted', 'limited']);
});

test('a message whose answer is lost was posted all the same: the retry posts it twice', async (t) => {
  const { workspace, app, soc, stop } = await stageWith(() => {});
  t.after(stop);
  workspace.faults.loseResponses('chat.postMessage');
  await app.client.chat.postMessage({ channel: soc.id, text: 'once?' });
  assert.deepEqual(
    workspace.messagesIn(soc).map(({ text }) => text),
    ['once?', 'once?'],
  );
});

test('a call fails with 500, with an error on request, or late, and is then served again', async (t) => {
  const { workspace, app, grant, stop } = await stageWith(() => {});
  t.after(stop);
  const info = () => app.client.users.info({ user: grant.id });
  workspace.faults.errorNext('users.info', 'fatal_error');
  await assert.rejects(info(), /fatal_error/);
  workspace.faults.failNext('users.info', 1);
  await info().catch(() => {});
  const answers = workspace.calls('users.info').map(({ answer }) => answer.ok);
  assert.deepEqual(answers.slice(0, 2), [false, false]);
  assert.equal((await info()).ok, true);
  workspace.faults.delay('users.info', 40);
  const before = performance.now();
  await info();
  assert.ok(performance.now() - before > 35);
});

async function responseUrl(workspace: Workspace, channel: string): Promise<string> {
  await workspace.as('grant').types('/capture list', channel);
  return String(workspace.envelopes('slash_commands').at(-1)?.payload.response_url);
}

function respond(url: string, text: string): Promise<Response> {
  return fetch(url, { method: 'POST', body: JSON.stringify({ text }) });
}
