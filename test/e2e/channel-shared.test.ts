import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formOf, messageIn, openStage, seenIn, shownTo } from './stage.ts';

const shared = /this channel is shared with another organisation: use one of your own/;

test('a channel that is shared with another organisation is no place for orders from that moment on, whichever way they come', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, will, soc, engine } = stage;
  await stage.openBot();
  await workspace.as(grant).types('/capture start -d "before it" -e "udp port 42450"', soc);
  const message = await messageIn(stage, soc, /Capturing · before it/);
  await workspace.as(grant).types('/capture', soc);
  const menu = await shownTo(stage, grant, /What do you want to do/);
  await workspace.as(grant).types('/capture start -d "too late"', soc);
  const form = await formOf(stage, grant);

  await workspace.faults.shareExternally(soc);
  for (const act of [
    () => workspace.as(grant).types('/capture list', soc),
    () => workspace.as(grant).clicks(message, 'capture_stop'),
    () => workspace.as(grant).clicks(message, 'capture_details'),
    () => workspace.as(grant).clicks(menu, 'menu_list'),
    () => workspace.as(grant).clicks(menu, 'menu_form'),
    () => workspace.as(grant).messageShortcut('capture_from_message', message),
  ]) {
    workspace.state.ephemerals.length = 0;
    await act();
    await shownTo(stage, grant, shared);
    assert.match(stage.auditLog().findLast(({ outcome }) => outcome === 'refused')?.detail ?? '', shared);
  }
  await workspace.as(grant).submits(form, { port: '42451' });
  await seenIn(stage, form, shared);
  // Chosen in a form that was opened from nowhere.
  await workspace.as(will).shortcut('start_capture');
  const elsewhere = await formOf(stage, will);
  await workspace.as(will).submits(elsewhere, { description: 'x', port: '42452', channel: soc.id });
  await seenIn(stage, elsewhere, shared);
  assert.deepEqual(Object.keys(elsewhere.errors), ['channel']);

  assert.equal(engine.peek('c1')?.state, 'running');
  assert.equal(engine.peek('c2'), undefined);
  // Nobody else sees what is said to the bot alone.
  workspace.state.ephemerals.length = 0;
  await workspace.as(grant).types('/capture stop c1', workspace.dmWith(grant.id));
  await shownTo(stage, grant, /Stopped: c1/);
});

test('group messages and channels that are not in the configuration, and archived ones, are no places either', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, soc, elsewhere } = stage;
  const several = workspace.addChannel({
    name: 'mpdm-grant--will-1',
    id: 'G024BE9G1',
    kind: 'mpim',
    members: [grant.id],
  });
  const hidden = workspace.addChannel({ name: 'hidden', id: 'G024BE9G2', kind: 'private', members: [grant.id] });
  await workspace.faults.archive(elsewhere);
  await stage.openBot();
  for (const place of [several, hidden]) {
    workspace.state.ephemerals.length = 0;
    await workspace.as(grant).types('/capture whoami', place);
    await shownTo(stage, grant, /capture is not used in this channel: use #soc or a direct message to capture$/);
  }
  // Renamed, it is the same channel.
  soc.name = 'soc-2026';
  workspace.state.ephemerals.length = 0;
  await workspace.as(grant).types('/capture whoami', soc);
  await shownTo(stage, grant, /You are grant/);
  await workspace.as(grant).shortcut('start_capture');
  const form = await formOf(stage, grant);
  await workspace.as(grant).submits(form, { description: 'x', port: '42453', channel: elsewhere.id });
  await seenIn(stage, form, /this channel is archived: use another one/);
  assert.deepEqual(await stage.engine.list({ all: true }, stage.lead), []);
});
