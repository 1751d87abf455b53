import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formOf, messageIn, openStage, seenIn } from './stage.ts';

test('two submits of one form start one capture, and so does a form that Slack delivers twice', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, soc } = stage;
  await stage.openBot();
  await workspace.as(grant).types('/capture start -d "only once" --for 2h', soc);
  const view = await formOf(stage, grant);
  const filled = { port: '41721' };
  workspace.faults.duplicateNext();
  const submits = () => workspace.as(grant).submits(view, filled);
  const [one, other] = await Promise.all([submits(), submits()]);
  assert.equal(one.outcome, other.outcome);
  await messageIn(stage, soc, /Capturing · only once/);
  await workspace.as(grant).submits(view, filled);
  await seenIn(stage, view, /This form was sent already/);
  const started = stage.auditLog().filter(({ verb, outcome }) => verb === 'start' && outcome === 'asked');
  assert.deepEqual(
    started.map(({ words }) => words),
    ["/capture start -d 'only once' -e 'port 41721' --for 2h"],
  );
  assert.equal(workspace.messagesIn(soc).length, 1);
});

test('a form sent again after a restart of the bot starts nothing', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, soc } = stage;
  const bot = await stage.startBot();
  await workspace.as(grant).types('/capture start -d "before the kill"', soc);
  const view = await formOf(stage, grant);
  await workspace.as(grant).submits(view, { port: '41722' });
  await messageIn(stage, soc, /Capturing · before the kill/);
  await bot.kill('SIGKILL');
  await stage.startBot();
  await workspace.as(grant).submits(view, { port: '41722' });
  await seenIn(stage, view, /This form was sent already/);
  assert.equal(stage.engine.peek('c2'), undefined);
});
