import assert from 'node:assert/strict';
import { test } from 'node:test';
import { became, openStageWithLeads, requestIn } from './requests.ts';
import { messageIn, openStage, replyTo, shownTo } from './stage.ts';

test('an order in the thread of a request for approval never means a capture that is merely named like it', async (t) => {
  const stage = await openStage(t, { approval: { everything: true } });
  const { workspace, grant, will, soc, engine } = stage;
  await stage.openBot();
  await workspace.as(grant).types('/capture start -d "host a1 of dmz, production" -e "udp port 42590"', soc);
  await messageIn(stage, soc, /Capturing · host a1/);
  await workspace.as(will).types('/capture start -d "all of it" -e everything', soc);
  const request = await messageIn(stage, soc, /Waiting for approval/);

  await workspace.as(grant).mentions('stop', soc, request.ts);
  await shownTo(stage, grant, /stop/);
  assert.equal(engine.peek('c1')?.state, 'running');
  assert.ok(!stage.auditLog().some(({ verb, outcome }) => verb === 'stop' && outcome === 'done'));
});

test('in the thread of a request a lead shows, denies with a reason, and approves without an id', async (t) => {
  const stage = await openStageWithLeads(t);
  const { workspace, grant, will, soc, engine } = stage;
  await stage.openBot();
  await workspace.as(will).types('/capture start -d "one" -e "udp port 42591"', soc);
  const one = await requestIn(stage, soc, /one/);
  await workspace.as(will).types('/capture start -d "another" -e "udp port 42592"', soc);
  const another = await requestIn(stage, soc, /another/);
  for (const words of ['', 'show']) {
    await workspace.as(grant).mentions(words, soc, one.ts);
    const shown = await shownTo(stage, grant, /Waiting for approval · one/);
    assert.equal(shown.threadTs, one.ts);
    assert.match(JSON.stringify(shown.blocks), /capture_approve.*capture_deny/);
    workspace.state.ephemerals.length = 0;
  }

  await workspace.as(grant).mentions('deny too broad, isn’t it? name a host', soc, one.ts);
  await shownTo(stage, grant, /^a1 was denied by grant: too broad, isn't it\? name a host/);
  await became(stage, one, /was denied by grant: too broad, isn't it\? name a host/);
  const told = await replyTo(stage, one, /a1 was denied by grant: too broad, isn't it\? name a host/);
  assert.match(JSON.stringify(told.blocks), new RegExp(`"user_id":"${will.id}"`));
  const denied = stage.auditLog().find(({ verb, outcome }) => verb === 'deny' && outcome === 'done');
  assert.match(denied?.detail ?? '', /was denied by grant: too broad, isn't it\? name a host$/);

  await workspace.as(grant).mentions('approve', soc, another.ts);
  await shownTo(stage, grant, /^Started c1/);
  await became(stage, another, /was approved by grant and started as c1/);
  assert.equal(engine.peek('c1')?.description, 'another');
});
