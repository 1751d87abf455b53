import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageIn, openStage } from './stage.ts';

// Due since midnight of the zone, whenever this runs.
const reports = { at: '00:00', timezone: 'Europe/Berlin' };

test('the daily digest is posted once, however often the bot is started', async (t) => {
  const stage = await openStage(t, { reports });
  const { workspace, digest } = stage;
  const first = await stage.startBot();
  const message = await messageIn(stage, digest, /dmz-1, \w+day \d{4}-\d\d-\d\d: /);
  await workspace
    .until(() => first.lines.some((line) => line.includes('digest posted')) || null, { timeoutMs: 100 })
    .catch(() => {});
  await first.kill('SIGTERM');
  const second = await stage.startBot();
  await second.kill('SIGTERM');
  assert.deepEqual(workspace.messagesIn(digest), [message]);
  assert.match(JSON.stringify(message.blocks), /Audit log at entry/);
});

test('a digest that Slack took without an answer is not posted again', async (t) => {
  const stage = await openStage(t, { reports });
  const { workspace, digest } = stage;
  workspace.faults.loseResponses('chat.postMessage');
  const first = await stage.startBot();
  await messageIn(stage, digest, /dmz-1/);
  await first.kill('SIGTERM');
  const second = await stage.startBot();
  await second.kill('SIGTERM');
  assert.equal(workspace.messagesIn(digest).length, 1);
});

test('a digest that Slack refused is posted when the bot is back', async (t) => {
  const stage = await openStage(t, { reports });
  const { workspace, digest } = stage;
  workspace.faults.removeBot(digest);
  const first = await stage.startBot();
  await workspace.until(() => workspace.calls('chat.postMessage').length === 1);
  await first.kill('SIGTERM');
  workspace.faults.inviteBot(digest);
  await stage.startBot();
  await messageIn(stage, digest, /dmz-1/);
});
