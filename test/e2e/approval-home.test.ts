import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openStageWithLeads } from './requests.ts';
import { homeOf, messageIn, modalOf } from './stage.ts';

test('a lead approves and denies in their Home, which is drawn anew when a request comes or ends', async (t) => {
  const stage = await openStageWithLeads(t);
  const { workspace, grant, will, lea, maria, soc, engine } = stage;
  await stage.openBot();
  for (const who of [grant, lea, will, maria]) await workspace.as(who).opensHome();
  await homeOf(stage, lea, /lea, a lead/);
  await homeOf(stage, will, /will, an analyst/);
  await homeOf(stage, maria, /maria, a viewer/);

  await workspace.as(will).types('/capture start -d "traffic to <!here> shop" -e "udp port 42561"', soc);
  const waits =
    /Waiting for approval: 1\n⏳ a1 traffic to <!here> shop\nudp port 42561\nwill · on lo, .*\nit is on lo \(approval\.interfaces\)\nWaits until .*UTC\n/;
  const home = await homeOf(stage, lea, new RegExp(`${waits.source}\\[Approve\\] \\[Deny\\]`));
  await homeOf(stage, will, new RegExp(`${waits.source}\\[Withdraw\\]`));
  await homeOf(stage, maria, new RegExp(`${waits.source}Captures`));
  const asShown = { ...home, blocks: structuredClone(home.blocks) };
  const value = JSON.stringify(home.blocks).match(/"(a1 \d+)"/)?.[1] ?? '';

  await workspace.as(will).clicks(asShown, 'home_capture_approve', value);
  await modalOf(stage, will, /a second person approves it/);
  await workspace.as(lea).clicks(home, 'home_capture_approve', value);
  await modalOf(stage, lea, /Started c1/);
  await messageIn(stage, soc, /Capturing · traffic/);
  for (const who of [lea, grant]) await homeOf(stage, who, /Everybody else’s: 1 running.*traffic/s);
  await homeOf(stage, will, /^(?!.*Waiting for approval).*1 running.*traffic/s);
  assert.deepEqual([engine.peek('c1')?.analyst, engine.peek('c1')?.approvedBy], ['will', 'lea']);

  // A picture that was not drawn anew in time.
  await workspace.as(grant).clicks(asShown, 'home_capture_deny', value);
  await modalOf(stage, grant, /a1 was approved by lea and started as c1/);
  const older = JSON.parse(JSON.stringify(asShown.blocks).replaceAll(value, 'a1 1'));
  await workspace.as(grant).clicks({ ...asShown, blocks: older }, 'home_capture_approve', 'a1 1');
  await modalOf(stage, grant, /this request is not known any more: nothing was done/);
  assert.equal(engine.peek('c2'), undefined);
});

test('a lead denies in their Home, and an analyst withdraws in theirs', async (t) => {
  const stage = await openStageWithLeads(t);
  const { workspace, grant, will, soc, engine } = stage;
  await stage.openBot();
  for (const who of [grant, will]) await workspace.as(who).opensHome();
  for (const words of ['one', 'another'])
    await workspace.as(will).types(`/capture start -d "${words}" -e "udp port 42562"`, soc);
  const home = await homeOf(stage, grant, /Waiting for approval: 2.*\[Approve\] \[Deny\].*\[Approve\] \[Deny\]/s);
  const values = JSON.stringify(home.blocks).match(/a[12] \d{10,}/g) ?? [];
  const [first = '', second = ''] = [...new Set(values)].sort();
  await workspace.as(grant).clicks(home, 'home_capture_deny', first);
  await modalOf(stage, grant, /a1 was denied by grant/);
  const own = await homeOf(stage, will, /Waiting for approval: 1\n⏳ a2 /);
  await workspace.as(will).clicks(own, 'home_capture_deny', second);
  await modalOf(stage, will, /a2 was withdrawn by will/);
  await homeOf(stage, grant, /^(?!.*Waiting for approval)/s);
  assert.deepEqual([engine.peekRequest('a1')?.state, engine.peekRequest('a2')?.state], ['denied', 'denied']);
});
