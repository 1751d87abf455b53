import assert from 'node:assert/strict';
import { test } from 'node:test';
import { became, openStageWithLeads, requestIn } from './requests.ts';
import { messageIn } from './stage.ts';

test('what is asked for in a direct message comes before the leads in the first channel, and runs in the direct message', async (t) => {
  const stage = await openStageWithLeads(t);
  const { workspace, will, lea, soc, engine } = stage;
  await stage.openBot();
  await workspace.as(will).dms('start -d "asked alone" -e "udp port 42580"');
  const request = await requestIn(stage, soc, /asked alone/);
  await workspace.as(lea).clicks(request, 'capture_approve');
  await became(stage, request, /was approved by lea and started as c1/);
  await messageIn(stage, { id: workspace.dmWith(will).id }, /Capturing · asked alone/);
  assert.equal(engine.peek('c1')?.approvedBy, 'lea');
});
