import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { until } from '../capture/wait.ts';
import { supervisorsOf } from '../faults/killing/installation.ts';
import { type BotProcess, messageIn, openStage, type Stage, shownTo } from './stage.ts';

const basePort = 42_640;

/** A stage with a bot and a capture that runs. */
async function withCapture(t: TestContext, port: number): Promise<{ stage: Stage; bot: BotProcess }> {
  const stage = await openStage(t);
  const bot = await stage.startBot();
  await stage.workspace.as(stage.grant).types(`/capture start -d "goes on" -e "udp port ${port}"`, stage.soc);
  await messageIn(stage, stage.soc, /Capturing · goes on/);
  return { stage, bot };
}

const isLookedAfter = ({ directory }: Stage) => supervisorsOf(join(directory, 'capture.yml')).length === 1;

test('told to stop while Slack limits every call, the bot ends in time, and the next one shows what happened', async (t) => {
  const { stage, bot } = await withCapture(t, basePort);
  const { workspace, soc, will, engine } = stage;
  workspace.faults.limitFor('*', 300_000, 30);
  await engine.stop('c1', { ...stage.lead, words: 'capture stop c1' });
  // One that Slack would have to say something about first.
  await workspace.as(will).types('/capture list', soc);
  const began = performance.now();
  assert.equal(await bot.kill('SIGTERM'), 0, bot.lines.join('\n'));
  t.diagnostic(`ended after ${Math.round(performance.now() - began)} ms`);
  assert.ok(performance.now() - began < 12_000);
  assert.match(bot.lines.at(-1) ?? '', /capture bot stopped/);

  workspace.faults.clear();
  await stage.startBot();
  await messageIn(stage, soc, /Stopped · goes on/);
  assert.equal(workspace.messagesIn(soc).length, 1);
});

test('told twice while Slack answers nothing, the bot still ends in order', async (t) => {
  const { stage, bot } = await withCapture(t, basePort + 1);
  const { workspace, soc, grant } = stage;
  workspace.faults.outage('silence');
  const typed = workspace.as(grant).types('/capture stop c1', soc);
  await until('the capture to have ended', () => stage.engine.peek('c1')?.state === 'stopped');
  await typed;
  const began = performance.now();
  bot.process.kill('SIGTERM');
  await until('it to be at it', () => workspace.connections() === 0);
  assert.equal(await bot.kill('SIGTERM'), 0, bot.lines.join('\n'));
  t.diagnostic(`ended after ${Math.round(performance.now() - began)} ms`);
  assert.ok(performance.now() - began < 12_000);
  assert.match(bot.lines.at(-1) ?? '', /capture bot stopped/);
  workspace.faults.outage(null);
});

test('told to stop before it has heard Slack, the bot ends in order, and somebody looks after what runs', async (t) => {
  const { stage, bot: first } = await withCapture(t, basePort + 2);
  await first.kill('SIGKILL');
  stage.workspace.faults.errorNext('apps.connections.open', 'internal_error', 1_000_000);
  const bot = stage.beginBot();
  await until('it to try', () => bot.lines.some((line) => line.includes('Slack cannot be heard')), 20_000);
  assert.equal(await bot.kill('SIGTERM'), 0, bot.lines.join('\n'));
  assert.ok(!bot.lines.some((line) => /"level":60/.test(line)), bot.lines.join('\n'));
  await until('somebody to look after it', () => isLookedAfter(stage));
  assert.equal(stage.engine.peek('c1')?.state, 'running');
});

test('a token revoked in full run ends the bot with what to mend; what runs goes on, and is looked after', async (t) => {
  const { stage, bot } = await withCapture(t, basePort + 3);
  await stage.workspace.faults.revokeToken('bot');
  await bot.ended;
  // Not to be started again by systemd: deploy/capture-bot.service.
  assert.equal(bot.process.exitCode, 64);
  assert.ok(
    bot.lines.some((line) => /Slack refuses SLACK_BOT_TOKEN \(\w+\): .*copy/.test(line)),
    bot.lines.join('\n'),
  );
  await until('somebody to look after it', () => isLookedAfter(stage));
  assert.equal(stage.engine.peek('c1')?.state, 'running');
});

test('a token that one call refuses while Slack says that it holds ends nothing', async (t) => {
  const { stage, bot } = await withCapture(t, basePort + 4);
  const { workspace, will, soc } = stage;
  workspace.faults.errorNext('users.info', 'invalid_auth');
  const asked = workspace.calls('auth.test').length;
  await workspace.as(will).types('/capture list', soc);
  await shownTo(stage, will, /Slack could not be asked who you are/);
  await workspace.until(() => workspace.calls('auth.test').length > asked, { timeoutMs: 20_000 });
  await workspace.as(will).types('/capture list', soc);
  await workspace.until(() => workspace.ephemeralsFor(will).some(({ text }) => text.startsWith('1 capture')), {
    timeoutMs: 20_000,
  });
  assert.equal(bot.process.exitCode, null);
});
