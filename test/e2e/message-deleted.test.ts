import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageIn, openStage, shownTo } from './stage.ts';

test('who ordered a capture whose message was deleted hears of it alone, and the digest’s channel does, once', async (t) => {
  const stage = await openStage(t);
  const { workspace, will, soc, digest, engine } = stage;
  const bot = await stage.startBot();
  await workspace.as(will).types('/capture start --for 1h -d "deleted one" -e "udp port 42303"', soc);
  const message = await messageIn(stage, soc, /Capturing · deleted one/);
  await shownTo(stage, will, /Started c1/);
  workspace.faults.deleteMessage(message);
  await workspace.as(will).types('/capture extend c1 --for 1h', soc);

  const direct = () => workspace.messagesIn(workspace.dmWith(will)).filter(({ text }) => /message of c1/.test(text));
  const told = await workspace.until(() => direct()[0], { timeoutMs: 30_000 });
  assert.match(told.text, /not kept up to date any longer: Somebody deleted it.*Capturing · deleted one/);
  const reports = () => workspace.messagesIn(digest).filter(({ text }) => /message of c1/.test(text));
  await workspace.until(() => reports().length === 1, { timeoutMs: 20_000 });
  assert.equal(engine.peek('c1')?.state, 'running');

  await bot.kill('SIGTERM');
  await stage.openBot();
  await workspace.as(will).types('/capture stop c1', soc);
  await shownTo(stage, will, /Stopped: c1/);
  await workspace.as(will).types('/capture start -d "the next" -e "udp port 42304"', soc);
  await messageIn(stage, soc, /Capturing · the next/);
  assert.deepEqual([direct().length, reports().length], [1, 1]);
});
