import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageIn, openStage, replyTo } from './stage.ts';

const basePort = 42_620;
const captures = 4;

test('when every other answer of Slack is lost, each capture is one true message with one ending', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, soc } = stage;
  await stage.startBot();
  const stop = workspace.watch((change) => {
    // Each second post, each second edit.
    if (
      change.kind === 'call' &&
      /^chat\./.test(change.call.method) &&
      workspace.calls(change.call.method).length % 2 === 1
    )
      workspace.faults.loseResponses(change.call.method);
  });
  workspace.faults.loseResponses('chat.postMessage');
  for (let at = 0; at < captures; at += 1) {
    await workspace.as(grant).types(`/capture start -d "lossy ${at}" -e "udp port ${basePort + at}"`, soc);
    await messageIn(stage, soc, new RegExp(`Capturing · lossy ${at}`));
  }
  for (let at = 0; at < captures; at += 1) {
    const message = await messageIn(stage, soc, new RegExp(`lossy ${at}`));
    await workspace.as(grant).clicks(message, 'capture_stop');
    await workspace.until(() => /Stopped/.test(message.text), { timeoutMs: 40_000, what: message.text });
    await replyTo(stage, message, /Stopped/);
  }
  const messages = workspace.messagesIn(soc);
  assert.equal(messages.length, captures);
  // Whatever is still to be tried again has been by now.
  await workspace.until(() => messages.every(({ ts }) => workspace.threadOf(soc, ts).length === 1), {
    timeoutMs: 40_000,
  });
  stop();
  const posts = workspace.calls('chat.postMessage').filter(({ args }) => args.channel === soc.id).length;
  const looks = workspace.calls('conversations.history').length + workspace.calls('conversations.replies').length;
  t.diagnostic(`${captures} captures: ${posts} posts for ${2 * captures} messages, ${looks} looks for lost ones`);
  assert.equal(posts, 2 * captures);
  assert.ok(looks >= 2, `${looks}`);
});
