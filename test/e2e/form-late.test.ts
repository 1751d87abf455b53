import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formOf, messageIn, openStage, seenIn } from './stage.ts';

test('a form whose answer takes longer than Slack waits says so, and then what came of it', async (t) => {
  const stage = await openStage(t);
  const { workspace, will, soc } = stage;
  await stage.openBot();
  await workspace.as(will).types('/capture start -d "slow to show"', soc);
  const view = await formOf(stage, will);
  workspace.faults.delay('chat.postMessage', 4_000);
  assert.equal((await workspace.as(will).submits(view, { port: '41751' })).outcome, 'updated');
  await seenIn(stage, view, /Started c1/);
  await messageIn(stage, soc, /Capturing · slow to show/);
});

test('what is wrong with a form is said in it even when that is known too late for its answer, and what was typed stays', async (t) => {
  const stage = await openStage(t);
  const { workspace, will, soc } = stage;
  const bot = await stage.startBot();
  await workspace.as(will).types('/capture start', soc);
  const view = await formOf(stage, will);
  // Another bot has to ask anew who this is.
  await bot.kill('SIGKILL');
  await stage.startBot();
  await workspace.as(will).clicks(view, 'form_write');
  await seenIn(stage, view, /"Expression"/);
  workspace.faults.delay('users.info', 4_000);
  const filled = { description: 'kept words', expression: 'port 99999' };
  assert.equal((await workspace.as(will).submits(view, filled)).outcome, 'updated');
  await seenIn(stage, view, /illegal port number 99999/);
  await seenIn(stage, view, /"initial_value":"kept words".*"initial_value":"port 99999"/s);
  workspace.faults.clear();
  await workspace.as(will).submits(view, { ...filled, expression: 'udp port 41752' });
  await messageIn(stage, soc, /Capturing · kept words/);
});
