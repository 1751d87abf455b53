import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bringNear, hasButtons } from './deadline.ts';
import { messageIn, openStage, replyTo, shownTo } from './stage.ts';

const hour = 3_600_000;

test('before its limit an analyst is asked in the thread, extends from the phone, is asked again, and stops', async (t) => {
  const stage = await openStage(t);
  const { workspace, will, soc, engine } = stage;
  const bot = await stage.startBot();
  await workspace.as(will).types('/capture start --for 1h -d "slow beacon" -e "udp port 42301"', soc);
  const message = await messageIn(stage, soc, /Capturing · slow beacon/);
  await shownTo(stage, will, /Started c1/);
  const deadline = engine.peek('c1')?.limits.deadline ?? 0;
  const questions = () => workspace.threadOf(soc, message.ts).filter(({ text }) => /Ends soon|goes on/.test(text));

  bringNear(stage, 'c1');
  const question = await replyTo(stage, message, /Ends soon: go on\?/);
  assert.match(JSON.stringify(question.blocks), new RegExp(`"user_id":"${will.id}"`));
  await bot.kill('SIGTERM');
  await stage.openBot();

  await workspace.as(will).clicks(question, 'capture_extend');
  await shownTo(stage, will, /c1 is extended: it goes on until/);
  await workspace.until(() => /Extended: c1 goes on until/.test(question.text), {
    timeoutMs: 20_000,
    what: question.text,
  });
  assert.ok(!hasButtons(question));
  assert.equal(engine.peek('c1')?.limits.deadline, deadline + hour / 2);
  assert.equal(questions().length, 1, 'a restart asks nothing twice');

  bringNear(stage, 'c1');
  const again = await workspace.until(() => questions()[1], { timeoutMs: 20_000 });
  await workspace.as(will).clicks(again, 'capture_stop_asked');
  await workspace.until(() => /c1: .*Stopped/.test(again.text), { timeoutMs: 20_000, what: again.text });
  assert.ok(!hasButtons(again));
  await workspace.until(() => /Stopped · slow beacon/.test(message.text), { timeoutMs: 20_000, what: message.text });
  assert.equal(engine.peek('c1')?.why, 'stopped by will');
  assert.match(question.text, /Extended/, 'what came of the first stays');
});

test('a capture of seconds is not asked about, and its thread tells its ending once', async (t) => {
  const stage = await openStage(t);
  const { workspace, will, soc } = stage;
  await stage.openBot();
  await workspace.as(will).types('/capture start --for 5s -d "in passing" -e "udp port 42303"', soc);
  const message = await messageIn(stage, soc, /Finished · in passing/);
  await replyTo(stage, message, /c1: Finished/);
  const replies = workspace.threadOf(soc, message.ts);
  assert.deepEqual(
    replies.map(({ text }) => text.slice(0, 40)),
    [replies[0]?.text.slice(0, 40)],
  );
});
