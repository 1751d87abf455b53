import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openStage, type Stage, shownTo } from './stage.ts';

const groups = { analyst: 'S024BE7A1' };
const unasked = /Slack could not be asked who you are, and in which user groups, just now: try again in a minute/;

/** Asks who somebody is, and forgets what they were shown before. */
async function asks(stage: Stage, who: { readonly id: string; readonly name: string }, answer: RegExp): Promise<void> {
  const { workspace, soc } = stage;
  workspace.state.ephemerals.length = 0;
  await workspace.as(who.id).types('/capture whoami', soc);
  await shownTo(stage, who, answer);
}

test('while Slack does not say who is in a group, nobody is let in by it; whom the configuration names goes on', async (t) => {
  let later = 0;
  const stage = await openStage(t, { slack: { groups }, now: () => Date.now() + later });
  const { workspace, grant } = stage;
  const petra = workspace.addUser({ name: 'petra' });
  const group = { id: groups.analyst, handle: 'soc-analysts', users: [petra.id] };
  await workspace.faults.setGroup(group);
  await stage.openBot();
  await asks(stage, petra, /You are petra, an analyst/);

  // Believed for five minutes, without a question.
  workspace.faults.failNext('usergroups.users.list', 1_000);
  await asks(stage, petra, /You are petra/);
  assert.equal(workspace.calls('usergroups.users.list').length, 1);
  later = 5 * 60_000;
  await asks(stage, petra, unasked);
  const entry = stage.auditLog().at(-1);
  assert.deepEqual([entry?.outcome, entry?.verb, entry?.analyst], ['refused', 'whoami', null]);
  assert.match(entry?.detail ?? '', unasked);
  await asks(stage, grant, /You are grant, a lead/);

  workspace.faults.clear();
  await asks(stage, petra, /You are petra/);
  // What changed is asked for at once, and a failure is nobody's role.
  workspace.faults.failNext('usergroups.users.list', 1_000);
  await workspace.faults.setGroup(group);
  await asks(stage, petra, unasked);
  workspace.faults.clear();
  await asks(stage, petra, /You are petra/);
});

test('who was taken out of a group is refused after five minutes at most, although Slack never told', async (t) => {
  let later = 0;
  const stage = await openStage(t, { slack: { groups }, now: () => Date.now() + later });
  const { workspace } = stage;
  const petra = workspace.addUser({ name: 'petra' });
  const group = await workspace.faults.setGroup({ id: groups.analyst, handle: 'soc-analysts', users: [petra.id] });
  await stage.openBot();
  await asks(stage, petra, /You are petra/);
  group.users.length = 0;
  later = 5 * 60_000;
  await asks(stage, petra, /you are not an analyst of dmz-1/);
});

test('a group that was disabled gives nobody a role', async (t) => {
  const stage = await openStage(t, { slack: { groups } });
  const { workspace } = stage;
  const petra = workspace.addUser({ name: 'petra' });
  const group = await workspace.faults.setGroup({ id: groups.analyst, handle: 'soc-analysts', users: [petra.id] });
  await workspace.faults.disableGroup(group);
  await stage.openBot();
  await asks(stage, petra, /you are not an analyst of dmz-1/);
});
