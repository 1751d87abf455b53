import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openStageWithLeads, requestIn } from './requests.ts';
import { messageIn, replyTo, shownTo } from './stage.ts';

test('who asked for what was approved, though its message was deleted, hears of both alone, and the digest’s channel does', async (t) => {
  const stage = await openStageWithLeads(t);
  const { workspace, will, lea, soc, digest, engine } = stage;
  await stage.openBot();
  await workspace.as(will).types('/capture start -d "deleted request" -e "udp port 42596"', soc);
  const request = await requestIn(stage, soc, /deleted request/);
  await shownTo(stage, will, /a1 waits for approval/);
  workspace.faults.deleteMessage(request);
  await workspace.as(lea).types('/capture approve a1', soc);
  await shownTo(stage, lea, /^Started c1/);

  const told =
    /message of a1 is not kept up to date any longer: Somebody deleted it.*deleted request: a1 was approved by lea and started as c1/;
  await messageIn(stage, workspace.dmWith(will), told);
  await messageIn(stage, digest, told);
  await messageIn(stage, soc, /Capturing · deleted request/);
  assert.deepEqual([engine.peek('c1')?.approvedBy, workspace.messagesIn(workspace.dmWith(will)).length], ['lea', 1]);
});

test('in a channel that was shut meanwhile who asked hears alone that it was denied, and its message is true once the bot is let in', async (t) => {
  const stage = await openStageWithLeads(t);
  const { workspace, will, lea, soc, elsewhere } = stage;
  await stage.openBot();
  await workspace.as(will).types('/capture start -d "shut out" -e "udp port 42597"', soc);
  const request = await requestIn(stage, soc, /shut out/);
  await shownTo(stage, will, /a1 waits for approval/);
  workspace.faults.removeBot(soc);
  await workspace.as(lea).types('/capture deny a1', elsewhere);
  await messageIn(
    stage,
    workspace.dmWith(will),
    /message of a1 is not kept.*I am not in the channel.*a1 was denied by lea/,
  );

  workspace.faults.inviteBot(soc);
  const isTrue = () => /Denied · shut out/.test(request.text);
  await workspace.until(isTrue, { timeoutMs: 60_000, what: request.text });
  await replyTo(stage, request, /a1 was denied by lea/);
});
