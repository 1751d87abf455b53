import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bringNear, hasButtons } from './deadline.ts';
import { messageIn, openStage, replyTo, shownTo } from './stage.ts';

test('who answers a question that somebody else has answered by extending is told so, and nothing is stopped or extended', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, will, soc, engine } = stage;
  await stage.openBot();
  await workspace.as(will).types('/capture start --for 1h -d "asked late" -e "udp port 42302"', soc);
  const message = await messageIn(stage, soc, /Capturing · asked late/);
  await shownTo(stage, will, /Started c1/);
  bringNear(stage, 'c1');
  const question = await replyTo(stage, message, /Ends soon: go on\?/);
  const asSeen = { ...question, blocks: structuredClone(question.blocks) };

  await workspace.as(grant).types('/capture extend c1 --for 2h', soc);
  await workspace.until(() => /Extended/.test(question.text), { timeoutMs: 20_000, what: question.text });
  assert.ok(!hasButtons(question));
  const deadline = engine.peek('c1')?.limits.deadline;

  await workspace.as(will).clicks(asSeen, 'capture_stop_asked');
  const told = await shownTo(stage, will, /Nothing was stopped: c1 was extended already: it goes on until/);
  assert.equal(told.threadTs, message.ts, 'told where it was asked');
  assert.equal(engine.peek('c1')?.state, 'running');
  await workspace.as(will).clicks(asSeen, 'capture_extend');
  await shownTo(stage, will, /Nothing was added: c1 was extended already: it goes on until/);
  assert.equal(engine.peek('c1')?.limits.deadline, deadline);
  assert.equal(workspace.threadOf(soc, message.ts).length, 1);
});
