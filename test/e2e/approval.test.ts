import assert from 'node:assert/strict';
import { test } from 'node:test';
import { became, hasButtons, openStageWithLeads, requestIn } from './requests.ts';
import { messageIn, openStage, replyTo, shownTo } from './stage.ts';

test('what two leads approve at the same moment is started once, as its requester’s, with both names, and the requester is told', async (t) => {
  const stage = await openStageWithLeads(t);
  const { workspace, grant, will, lea, soc, engine } = stage;
  await stage.openBot();
  await workspace.as(will).types('/capture start -d "traffic to shop" --for 2h -e "udp port 42511"', soc);
  await shownTo(stage, will, /a1 waits for approval: nothing runs yet/);
  const request = await requestIn(stage, soc, /traffic to shop/);
  assert.match(request.text, /it is on lo \(approval\.interfaces\)/);
  const asShown = { ...request, blocks: structuredClone(request.blocks) };

  await Promise.all([
    workspace.as(grant).clicks(request, 'capture_approve'),
    workspace.as(lea).clicks(request, 'capture_approve'),
  ]);
  await became(stage, request, /Approved · traffic to shop .* was approved by (grant|lea) and started as c1/);
  assert.ok(!hasButtons(request), 'the buttons are gone');
  const told = await replyTo(stage, request, /a1 was approved by/);
  assert.match(JSON.stringify(told.blocks), new RegExp(`"user_id":"${will.id}"`));
  const message = await messageIn(stage, soc, /Capturing · traffic to shop/);
  const capture = engine.peek('c1');
  const approver = capture?.approvedBy ?? '';
  assert.ok(['grant', 'lea'].includes(approver));
  assert.deepEqual([capture?.analyst, capture?.orderedBy, capture?.channel], ['will', 'will', soc.id]);
  assert.match(JSON.stringify(message.blocks), new RegExp(`c1 · will, approved by ${approver} · lo`));
  const second = approver === 'grant' ? lea : grant;
  await shownTo(stage, second, /Not possible now: a1 was approved by/);
  await shownTo(stage, approver === 'grant' ? grant : lea, /^Started c1/);

  await workspace.as(second).clicks(asShown, 'capture_approve');
  await workspace.until(
    () => workspace.ephemeralsFor(second).filter(({ text }) => /started as c1/.test(text)).length > 0,
  );
  assert.equal(engine.peek('c2'), undefined);
  const done = stage.auditLog().filter(({ verb, outcome }) => verb === 'approve' && outcome === 'done');
  assert.deepEqual(
    done.map(({ analyst, actingFor, capture: id }) => [analyst, actingFor, id]),
    [[approver, 'will', 'c1']],
  );
});

test('what a lead denies never starts, and neither does what its requester takes back', async (t) => {
  const stage = await openStageWithLeads(t);
  const { workspace, will, lea, grant, soc, engine } = stage;
  await stage.openBot();
  await workspace.as(will).types('/capture start -d "not today" -e "udp port 42512"', soc);
  const denied = await requestIn(stage, soc, /not today/);
  await workspace.as(lea).clicks(denied, 'capture_deny');
  await became(stage, denied, /Denied · not today .* was denied by lea/);
  assert.ok(!hasButtons(denied));
  await replyTo(stage, denied, /a1 was denied by lea/);
  await workspace.as(grant).types('/capture approve a1', soc);
  await shownTo(stage, grant, /Not possible now: a1 was denied by lea/);

  await workspace.as(will).types('/capture start -d "a slip" -e "udp port 42512"', soc);
  const withdrawn = await requestIn(stage, soc, /a slip/);
  await workspace.as(will).types('/capture deny a2 the wrong <!channel> interface', soc);
  await shownTo(stage, will, /^a2 was withdrawn by will: the wrong &lt;!channel&gt; interface \(a slip\)/);
  await became(stage, withdrawn, /was withdrawn by will: the wrong &lt;!channel&gt; interface/);
  await replyTo(stage, withdrawn, /a2 was withdrawn by will: the wrong &lt;!channel&gt; interface/);
  await workspace.as(grant).types('/capture approve', soc);
  await shownTo(stage, grant, /^Requests for approval: a2 denied, a1 denied/);
  assert.equal(engine.peek('c1'), undefined);
});

test('a sensor without the section never asks, and one with it lets pass what it does not name', async (t) => {
  const stage = await openStage(t);
  await stage.openBot();
  await stage.workspace.as(stage.will).types('/capture start -d "as ever" -e everything', stage.soc);
  await messageIn(stage, stage.soc, /Capturing · as ever/);
  assert.deepEqual(stage.engine.waiting(), []);

  const other = await openStageWithLeads(t, { everything: true, duration: '8h' });
  await other.openBot();
  await other.workspace
    .as(other.will)
    .types('/capture start -d "short and narrow" --for 8h -e "udp port 42513"', other.soc);
  await messageIn(other, other.soc, /Capturing · short and narrow/);
  await other.workspace.as(other.will).types('/capture extend c1 --for 1h', other.soc);
  await shownTo(
    other,
    other.will,
    /Not allowed: without approval a capture runs for 8h from its start .* a lead other than will/,
  );
  assert.deepEqual(other.engine.waiting(), []);
});
