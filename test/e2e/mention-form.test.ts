import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillInId } from '../../src/bot/views/fill-in.ts';
import { formOf, messageIn, openStage, shownTo } from './stage.ts';

test('what is missing from a mention is filled in in a form that has what was typed, by who may', async (t) => {
  const stage = await openStage(t);
  const { workspace, will, maria, soc, engine } = stage;
  await stage.openBot();
  const alert = workspace.as(maria).says('who talks there?', soc);
  await workspace.as(will).mentions('start --case INC-7 udp port 42810', soc, alert.ts);
  const missing = await shownTo(stage, will, /start needs a description .*write @capture start/);
  assert.equal(workspace.viewsFor(will.id).length, 0);
  await workspace.as(will).clicks(missing, fillInId);
  const form = await formOf(stage, will);
  assert.match(JSON.stringify(form.blocks), /udp port 42810/);
  await workspace.as(will).submits(form, { form_description: 'asked in a thread' });
  await messageIn(stage, soc, /Capturing · asked in a thread/);
  assert.equal(engine.peek('c1')?.case, 'INC-7');
  assert.equal((await shownTo(stage, will, /^Started c1/)).threadTs, alert.ts);
});

test('who may look and not capture gets no form, and who may no longer capture when clicking gets none either', async (t) => {
  const stage = await openStage(t);
  const { workspace, will, maria, soc } = stage;
  await stage.openBot();
  await workspace.as(maria).mentions('start', soc);
  await shownTo(stage, maria, /Not allowed: maria is a viewer here/);
  await workspace.as(will).mentions('start', soc);
  const missing = await shownTo(stage, will, /start needs a description/);
  // The click of somebody else, on a message that Slack shows to will alone: authorised anew all the same.
  await workspace.as(maria).clicks(missing, fillInId);
  await workspace.until(() => workspace.ephemeralsFor(maria.id).length === 2, { timeoutMs: 20_000, what: 'a refusal' });
  assert.deepEqual(workspace.viewsFor(maria.id), []);
});
