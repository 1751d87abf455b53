import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formOf, messageIn, openStage, seenIn, shownTo } from './stage.ts';

test('/capture alone is a menu, and its buttons do what they say', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, maria, soc } = stage;
  await stage.openBot();
  await workspace.as(grant).types('/capture', soc);
  const menu = await shownTo(stage, grant, /What do you want to do/);
  await workspace.as(grant).clicks(menu, 'menu_list');
  await shownTo(stage, grant, /Nothing runs/);
  await workspace.as(grant).clicks(menu, 'menu_help');
  await shownTo(stage, grant, /How to use capture/);
  await workspace.as(grant).clicks(menu, 'menu_search');
  const view = await formOf(stage, grant);
  await seenIn(stage, view, /"Up to"/);
  await workspace.as(grant).clicks(view, 'form_verb', 'start');
  await workspace.until(() => !JSON.stringify(view.blocks).includes('"Up to"'));
  await workspace.as(grant).submits(view, { description: 'from the menu', port: '41741' });
  await messageIn(stage, soc, /Capturing · from the menu/);

  await workspace.as(maria).types('/capture', soc);
  const hers = await shownTo(stage, maria, /What do you want to do\? Type \/capture list or/);
  assert.doesNotMatch(JSON.stringify(hers.blocks), /menu_form|menu_search/);
  assert.match(JSON.stringify(hers.blocks), /menu_list/);
  // One from when she was an analyst.
  await workspace.as(maria).clicks(menu, 'menu_form');
  await shownTo(stage, maria, /maria is a viewer here/);
});

test('the global shortcut asks for the channel, and the answer comes there', async (t) => {
  const stage = await openStage(t);
  const { workspace, will, soc } = stage;
  const canteen = workspace.addChannel({ name: 'canteen', members: [will.id] });
  await stage.openBot();
  await workspace.as(will).shortcut('start_capture');
  const view = await formOf(stage, will);
  const filled = { description: 'from anywhere', port: '41742', channel: canteen.id };
  await workspace.as(will).submits(view, filled);
  await seenIn(stage, view, /not used in this channel: use #soc/);
  await workspace.as(will).submits(view, { ...filled, channel: soc.id });
  await messageIn(stage, soc, /Capturing · from anywhere/);
  const told = await shownTo(stage, will, /Started c1/);
  assert.equal(told.channel, soc.id);
});

test('a form opens in time although Slack is slow to say who asks', async (t) => {
  const stage = await openStage(t);
  const { workspace, will, soc } = stage;
  await stage.openBot();
  workspace.faults.delay('users.info', 4_000);
  await workspace.as(will).types('/capture start -d "slow morning"', soc);
  const loading = await workspace.until(() => workspace.viewsFor(will.id)[0], { timeoutMs: 20_000 });
  await seenIn(stage, loading, /"initial_value":"slow morning"/);
  assert.equal((await formOf(stage, will)).id, loading.id);
});
