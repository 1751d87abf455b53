import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formOf, messageIn, openStage, seenIn, shownTo } from './stage.ts';

const groups = { viewer: 'S024BE7V1', analyst: 'S024BE7A1' };

test('who is in the analysts’ user group starts a capture, and is refused at once when taken out of it', async (t) => {
  const stage = await openStage(t, { slack: { groups } });
  const { workspace, grant, will, soc, engine } = stage;
  const petra = workspace.addUser({ name: 'petra', displayName: 'Petra M.' });
  await workspace.faults.setGroup({ id: groups.viewer, handle: 'soc-readers', users: [] });
  await workspace.faults.setGroup({ id: groups.analyst, handle: 'soc-analysts', users: [petra.id, will.id] });
  await stage.openBot();

  await workspace.as(petra).types('/capture whoami', soc);
  const known = await shownTo(stage, petra, /You are petra, an analyst/);
  assert.match(
    JSON.stringify(known.blocks),
    /Known by Slack user \w+ of team \w+, a member of the user group S024BE7A1/,
  );
  await workspace.as(petra).types('/capture start -d "odd datagrams" -e "udp port 42410"', soc);
  const message = await messageIn(stage, soc, /Capturing · odd datagrams/);
  const entry = stage.auditLog().findLast(({ verb, outcome }) => verb === 'start' && outcome === 'done');
  assert.equal(entry?.analyst, 'petra');
  assert.ok(entry.origin.door === 'slack' && entry.origin.group === groups.analyst);
  await workspace.as(petra).types('/capture start -d "no longer"', soc);
  const form = await formOf(stage, petra);

  await workspace.faults.setGroup({ id: groups.analyst, handle: 'soc-analysts', users: [will.id] });
  workspace.state.ephemerals.length = 0;
  const stranger = /you are not an analyst of dmz-1: .* or you to the Slack user group S024BE7V1 or S024BE7A1/;
  for (const asks of [
    () => workspace.as(petra).types('/capture list', soc),
    () => workspace.as(petra).clicks(message, 'capture_stop'),
    () => workspace.as(petra).clicks(message, 'capture_details'),
  ]) {
    await asks();
    await shownTo(stage, petra, stranger);
    workspace.state.ephemerals.length = 0;
  }
  await workspace.as(petra).submits(form, { port: '42411' });
  await seenIn(stage, form, stranger);
  const refused = stage.auditLog().filter(({ outcome, analyst }) => outcome === 'refused' && analyst === 'petra');
  assert.deepEqual(
    refused.map(({ verb }) => verb),
    ['list', 'stop', 'show', 'start'],
  );
  assert.equal(engine.peek('c1')?.state, 'running');

  // What was theirs stays theirs by name: a lead stops it, another analyst does not.
  await workspace.as(will).clicks(message, 'capture_stop');
  await shownTo(stage, will, /c1 is petra's capture/);
  await workspace.as(grant).types('/capture stop petra', soc);
  await workspace.until(() => /Stopped · odd datagrams/.test(message.text), { timeoutMs: 20_000, what: message.text });
  assert.equal(engine.peek('c1')?.analyst, 'petra');
});

test('a viewer by group looks, and captures once moved to the analysts’ group; the configuration has the last word', async (t) => {
  const stage = await openStage(t, { slack: { groups } });
  const { workspace, maria, guest, soc } = stage;
  const vera = workspace.addUser({ name: 'vera' });
  await workspace.faults.setGroup({ id: groups.viewer, handle: 'soc-readers', users: [vera.id] });
  await workspace.faults.setGroup({ id: groups.analyst, handle: 'soc-analysts', users: [maria.id, guest.id] });
  await stage.openBot();
  const start = (port: number) => `/capture start -d "by vera" -e "udp port ${port}"`;

  await workspace.as(vera).types('/capture list', soc);
  await shownTo(stage, vera, /Nothing runs/);
  await workspace.as(vera).types(start(42412), soc);
  await shownTo(stage, vera, /Not allowed: vera is a viewer here/);
  await workspace.faults.setGroup({ id: groups.analyst, handle: 'soc-analysts', users: [maria.id, guest.id, vera.id] });
  await workspace.as(vera).types(start(42413), soc);
  await messageIn(stage, soc, /Capturing · by vera/);

  // Named as a viewer in the configuration, in the analysts' group or not.
  await workspace.as(maria).types(start(42414), soc);
  await shownTo(stage, maria, /Not allowed: maria is a viewer here/);
  await workspace.as(maria).types('/capture whoami', soc);
  const known = await shownTo(stage, maria, /You are maria, a viewer/);
  assert.match(JSON.stringify(known.blocks), /named in the configuration/);
  // No group makes a guest more than a guest.
  await workspace.as(guest).types(start(42415), soc);
  await shownTo(stage, guest, /guests may not use capture/);
});
