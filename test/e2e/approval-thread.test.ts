import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageIn, openStage, shownTo } from './stage.ts';

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
