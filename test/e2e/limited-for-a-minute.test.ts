import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageIn, openStage, replyTo, shownTo } from './stage.ts';

const basePort = 42_680;
const minute = 60_000;

test('429 on every call for a minute: commands are still heard and carried out, and every message is true soon after', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, will, soc, engine } = stage;
  await stage.startBot();
  await workspace.as(grant).types(`/capture start -d "before it" -e "udp port ${basePort}"`, soc);
  const before = await messageIn(stage, soc, /Capturing · before it/);
  await shownTo(stage, grant, /Started c1/);

  const began = performance.now();
  workspace.faults.limitFor('*', minute, 10);
  // Known to the bot: their orders need no word of Slack's.
  await workspace.as(grant).clicks(before, 'capture_stop');
  await workspace.as(grant).types(`/capture start -d "within it" -e "udp port ${basePort + 1}"`, soc);
  await shownTo(stage, grant, /Started c2/);
  // Unknown: refused, and told so at once, not when the minute is over.
  const asked = performance.now();
  await workspace.as(will).types('/capture list', soc);
  await shownTo(stage, will, /Slack could not be asked who you are/);
  t.diagnostic(`who could not be known was told after ${Math.round(performance.now() - asked)} ms`);
  assert.ok(performance.now() - asked < 10_000);
  assert.equal(engine.peek('c1')?.state, 'stopped');
  assert.equal(engine.peek('c2')?.state, 'running');

  await workspace.until(() => /Stopped · before it/.test(before.text), { timeoutMs: 100_000, what: before.text });
  const within = await messageIn(stage, soc, /Capturing · within it/);
  await replyTo(stage, before, /c1: .*Stopped/);
  const limited = workspace.state.calls.filter(({ answer }) => answer.error === 'ratelimited').length;
  t.diagnostic(
    `true again ${Math.round((performance.now() - began - minute) / 100) / 10} s after the minute; ${limited} calls were refused in it`,
  );
  assert.deepEqual(workspace.messagesIn(soc), [before, within]);
  assert.equal(workspace.threadOf(soc, before.ts).length, 1);
  assert.equal(postsIn(), 3);
  assert.ok(limited < 60, `${limited} calls into a limit`);

  function postsIn(): number {
    const posts = workspace.calls('chat.postMessage').filter(({ args }) => args.channel === soc.id);
    return posts.filter(({ answer }) => answer.ok === true).length;
  }
});
