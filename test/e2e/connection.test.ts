import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openStage, shownTo } from './stage.ts';

test('the bot hears every command while Slack refreshes its connections', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, soc } = stage;
  await stage.startBot();
  await workspace.until(() => workspace.connections() === 2);
  workspace.faults.disconnect('refresh_requested');
  await workspace.until(() => workspace.connections() > 0);
  await workspace.as(grant).types('/capture whoami', soc);
  await shownTo(stage, grant, /You are grant/);
  await workspace.until(() => workspace.connections() === 2);
  workspace.faults.disconnect('abrupt', 1);
  assert.equal((await workspace.as(grant).types('/capture list', soc)).outcome, 'acked');
});

test('a bad bot token ends the bot with what to mend, and no token in its log', async (t) => {
  const stage = await openStage(t);
  await stage.workspace.faults.revokeToken('bot');
  await assert.rejects(stage.startBot(), (error: Error) => {
    assert.match(error.message, /Slack refuses SLACK_BOT_TOKEN \((invalid_auth|token_revoked)\): /);
    assert.ok(!error.message.includes(stage.workspace.botToken));
    return true;
  });
});

test('a bad app-level token ends the bot with what to mend', async (t) => {
  const stage = await openStage(t);
  await stage.workspace.faults.revokeToken('app');
  await assert.rejects(stage.startBot(), /Slack refuses SLACK_APP_TOKEN/);
});

for (const how of ['refresh_requested', 'abrupt'] as const) {
  test(`an app-level token revoked while the bot runs ends it at the next connection (${how}), and it says why`, async (t) => {
    const stage = await openStage(t);
    const bot = await stage.startBot();
    await stage.workspace.until(() => stage.workspace.connections() === 2);
    await stage.workspace.faults.revokeToken('app');
    stage.workspace.faults.disconnect(how);
    await bot.ended;
    assert.equal(bot.process.exitCode, 64);
    assert.ok(bot.lines.some((line) => /Slack refuses SLACK_APP_TOKEN .* copy it again/.test(line)));
  });
}
