import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bringNear, hasAction } from './deadline.ts';
import { became, openStageWithLeads, requestIn } from './requests.ts';
import { messageIn, openStage, replyTo, shownTo } from './stage.ts';

test('the warnings of an approved capture reach who asked for it, in the thread of the request and in its own', async (t) => {
  const stage = await openStageWithLeads(t, { everything: true });
  const { workspace, will, lea, soc } = stage;
  await stage.openBot();
  await workspace.as(will).types('/capture start -d "all of it" -e everything', soc);
  const request = await requestIn(stage, soc, /all of it/);
  await workspace.as(lea).clicks(request, 'capture_approve');
  await shownTo(stage, lea, /Started c1.*1 warning about c1: this captures everything/);
  const told = await replyTo(stage, request, /a1 was approved by lea and started as c1\. .*this captures everything/);
  assert.match(JSON.stringify(told.blocks), new RegExp(`"user_id":"${will.id}"`));
  await replyTo(
    stage,
    await messageIn(stage, soc, /Capturing · all of it/),
    /1 warning about c1: this captures everything/,
  );
});

test('before the limit of an approved capture its approver is asked, who may extend it, and not its requester', async (t) => {
  const stage = await openStageWithLeads(t);
  const { workspace, will, lea, soc, engine } = stage;
  await stage.openBot();
  await workspace.as(will).types('/capture start --for 1h -d "slow" -e "udp port 42581"', soc);
  const request = await requestIn(stage, soc, /slow/);
  await workspace.as(lea).clicks(request, 'capture_approve');
  await became(stage, request, /started as c1/);
  const message = await messageIn(stage, soc, /Capturing · slow/);
  const deadline = engine.peek('c1')?.limits.deadline ?? 0;
  bringNear(stage, 'c1');
  const question = await replyTo(stage, message, /Ends soon: go on\?/);
  const blocks = JSON.stringify(question.blocks);
  assert.ok(blocks.includes(`"user_id":"${lea.id}"`) && !(blocks + question.text).includes(will.id), blocks);
  assert.match(blocks, /It runs as lea approved it: a lead other than will extends it/);
  await workspace.as(will).clicks(question, 'capture_extend');
  await shownTo(stage, will, /Not allowed: c1 runs as it was approved by lea/);
  await workspace.as(lea).clicks(question, 'capture_extend');
  await shownTo(stage, lea, /c1 is extended/);
  assert.equal(engine.peek('c1')?.limits.deadline, deadline + 1_800_000);
});

test('where a further extension needs approval nobody is asked for it, and the question has Stop alone', async (t) => {
  const stage = await openStageWithLeads(t, { duration: '1h' });
  const { workspace, will, soc } = stage;
  await stage.openBot();
  await workspace.as(will).types('/capture start --for 1h -d "at the bound" -e "udp port 42582"', soc);
  const message = await messageIn(stage, soc, /Capturing · at the bound/);
  bringNear(stage, 'c1');
  const question = await replyTo(stage, message, /Ends soon: go on\?/);
  assert.ok(!JSON.stringify(question.blocks).includes('"user_id"'));
  assert.match(JSON.stringify(question.blocks), /Beyond that it needs approval: a lead other than will extends it/);
  assert.deepEqual([hasAction(question, 'capture_extend'), hasAction(question, 'capture_stop_asked')], [false, true]);
});

test('of a member of a user group Slack is asked again when their request is approved', async (t) => {
  const group = { id: 'S024BE7A1', handle: 'soc-analysts' };
  const stage = await openStage(t, { slack: { groups: { analyst: group.id } }, approval: { interfaces: ['lo'] } });
  const { workspace, grant, soc, engine } = stage;
  const petra = workspace.addUser({ name: 'petra' });
  await workspace.faults.setGroup({ ...group, users: [petra.id] });
  await stage.openBot();
  await workspace.as(petra).types('/capture start -d "of petra" -e "udp port 42583"', soc);
  const request = await requestIn(stage, soc, /of petra/);
  await workspace.faults.setGroup({ ...group, users: [] });
  await workspace.as(grant).clicks(request, 'capture_approve');
  await shownTo(stage, grant, /Not allowed: petra, who asked for a1, is no analyst of dmz-1 any more/);
  assert.equal(engine.peekRequest('a1')?.state, 'waiting');
  await workspace.faults.setGroup({ ...group, users: [petra.id] });
  await workspace.as(grant).clicks(request, 'capture_approve');
  await became(stage, request, /was approved by grant and started as c1/);
  assert.equal(engine.peek('c1')?.analyst, 'petra');
});
