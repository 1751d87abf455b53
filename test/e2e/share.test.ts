import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasAction } from './deadline.ts';
import { messageIn, openStage, replyTo, shownTo } from './stage.ts';

test('what one person was shown they share with the channel, under their name; a savefile is fetched with a button', async (t) => {
  const stage = await openStage(t);
  const { workspace, will, maria, guest, soc, engine } = stage;
  await stage.openBot();
  await workspace.as(will).types('/capture start -d "shared one" -e "udp port 42305"', soc);
  const message = await messageIn(stage, soc, /Capturing · shared one/);
  await shownTo(stage, will, /Started c1/);
  await workspace.as(maria).types('/capture list', soc);
  const list = await shownTo(stage, maria, /1 capture runs/);
  const seen = { ...list, blocks: structuredClone(list.blocks) };
  await workspace.as(maria).clicks(list, 'capture_share');
  const shared = await messageIn(stage, soc, /1 capture runs/);
  assert.match(JSON.stringify(shared.blocks), /Shared by maria/);
  assert.ok(!hasAction(shared, 'capture_share'));
  await workspace.as(maria).clicks(seen, 'capture_share');
  await shownTo(stage, maria, /shared already/);

  await workspace.as(guest).clicks(seen, 'capture_share');
  await shownTo(stage, guest, /guests may not use capture/);

  await workspace.as(will).clicks(message, 'capture_stop');
  const ending = await replyTo(stage, message, /c1: .*Stopped/);
  assert.match(JSON.stringify(ending.blocks), /scp /);
  await workspace.until(() => hasAction(message, 'capture_get'), { timeoutMs: 20_000, what: message.text });
  await workspace.as(will).clicks(message, 'capture_get');
  const fetched = await shownTo(stage, will, /How to fetch c1/);
  assert.ok(JSON.stringify(fetched.blocks).includes(engine.peek('c1')?.sha256 ?? 'no digest'));
  await workspace.as(maria).clicks(message, 'capture_get');
  await shownTo(stage, maria, /is a viewer here and may look, not take savefiles away/);
  assert.equal(workspace.messagesIn(soc).filter(({ text }) => /1 capture runs/.test(text)).length, 1);
});

test('that nothing runs is not offered to be shared', async (t) => {
  const stage = await openStage(t);
  const { workspace, maria, soc } = stage;
  await stage.openBot();
  await workspace.as(maria).types('/capture list', soc);
  assert.ok(!hasAction(await shownTo(stage, maria, /Nothing runs/), 'capture_share'));
  await workspace.as(maria).types('/capture list --all nowhere', soc);
  assert.ok(!hasAction(await shownTo(stage, maria, /There are no captures that match/), 'capture_share'));
});
