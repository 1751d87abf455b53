import assert from 'node:assert/strict';
import { test } from 'node:test';
import { became, openStageWithLeads, requestIn } from './requests.ts';
import { formOf, messageIn, shownTo } from './stage.ts';

test('what a form asks for waits for a second person as what is typed does, and once', async (t) => {
  const stage = await openStageWithLeads(t);
  const { workspace, will, lea, soc, engine } = stage;
  await stage.openBot();
  await workspace.as(will).types('/capture start -d "from a form"', soc);
  const view = await formOf(stage, will);
  await workspace.as(will).submits(view, { port: '42551' });
  await shownTo(stage, will, /a1 waits for approval: nothing runs yet\. it is on lo/);
  const request = await requestIn(stage, soc, /from a form/);
  await workspace.as(will).submits(view, { port: '42551' });
  await workspace.as(lea).clicks(request, 'capture_approve');
  await became(stage, request, /was approved by lea and started as c1/);
  await messageIn(stage, soc, /Capturing · from a form/);
  assert.deepEqual(engine.waiting(), []);
  assert.equal(engine.peekRequest('a2'), undefined);
});
