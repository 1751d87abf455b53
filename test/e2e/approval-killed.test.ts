import assert from 'node:assert/strict';
import { test } from 'node:test';
import { became, hasButtons, openStageWithLeads, requestIn } from './requests.ts';
import { messageIn, replyTo, shownTo } from './stage.ts';

test('a request outlives the bot: killed between request and approval, its buttons still start it, once', async (t) => {
  const stage = await openStageWithLeads(t);
  const { workspace, will, lea, soc, engine } = stage;
  const bot = await stage.startBot();
  await workspace.as(will).types('/capture start -d "over night" -e "udp port 42521"', soc);
  const request = await requestIn(stage, soc, /over night/);
  await shownTo(stage, will, /a1 waits for approval/);
  await bot.kill('SIGKILL');

  await stage.openBot();
  await workspace.as(lea).clicks(request, 'capture_approve');
  await became(stage, request, /was approved by lea and started as c1/);
  await messageIn(stage, soc, /Capturing · over night/);
  await replyTo(stage, request, /a1 was approved by lea/);
  assert.equal(workspace.messagesIn(soc).filter(({ text }) => /over night/.test(text)).length, 2);
  assert.deepEqual([engine.peek('c1')?.analyst, engine.peek('c2')], ['will', undefined]);
});

test('a request that expires while the bot is away is told when it is back', async (t) => {
  const stage = await openStageWithLeads(t, { interfaces: ['lo'], for: '3s' });
  const { workspace, will, lea, soc, engine } = stage;
  const bot = await stage.startBot();
  await workspace.as(will).types('/capture start -d "too late" -e "udp port 42522"', soc);
  const request = await workspace.until(() => workspace.messagesIn(soc).find(({ text }) => /too late/.test(text)));
  // Answered once the bot knows its own message: killed before, it would post another.
  await shownTo(stage, will, /a1 waits for approval/);
  await bot.kill('SIGKILL');
  const asShown = { ...request, blocks: structuredClone(request.edits[0]?.blocks ?? request.blocks) };
  await stage.openBot();
  await became(stage, request, /Expired · too late .* expired: nobody answered it in time/);
  assert.ok(!hasButtons(request));
  await replyTo(stage, request, /a1 expired/);
  await workspace.as(lea).clicks(asShown, 'capture_approve');
  await shownTo(stage, lea, /Not possible now: a1 expired/);
  assert.equal(engine.peek('c1'), undefined);
  const noted = stage.auditLog().filter(({ outcome, capture }) => outcome === 'noted' && capture === 'a1');
  assert.equal(noted.length, 1);
});
