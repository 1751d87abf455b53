import assert from 'node:assert/strict';
import { test } from 'node:test';
import { directMessageWith } from '../../sandbox/workspace/channels.ts';
import { openStage, shownTo } from './stage.ts';

const start = '/capture start -d "not theirs" -e "udp port 41201"';

test('everyone who is no analyst here is refused politely, and the audit log has it', async (t) => {
  const stage = await openStage(t);
  const { workspace, guest, stranger, former, alertbot, soc } = stage;
  const passerby = workspace.addUser({ name: 'passerby' });
  await stage.openBot();
  for (const [who, why] of [
    [guest, /guests may not use capture/],
    [stranger, /only members of this workspace/],
    [former, /deactivated/],
    [alertbot, /bots may not/],
    [passerby, /not an analyst of dmz-1: ask a lead to add your Slack id/],
  ] as const) {
    await workspace.as(who).types(start, soc);
    await shownTo(stage, who, why);
    const entry = stage.auditLog().findLast(({ outcome }) => outcome === 'refused');
    assert.match(entry?.detail ?? '', why);
    assert.equal(entry?.verb, 'start');
    assert.equal(entry?.words, start);
    assert.ok(entry?.origin.door === 'slack' && entry.origin.user === who.id && entry.origin.channel === soc.id);
  }
  assert.deepEqual(await stage.engine.list({ all: true }, stage.lead), []);
  assert.deepEqual(workspace.messagesIn(soc), []);
});

test('commands are taken in the configured channels and in direct messages only', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, partners, secret } = stage;
  const canteen = workspace.addChannel({ name: 'canteen', members: [grant.id] });
  const alone = directMessageWith(workspace.state, grant.id);
  await stage.openBot();
  for (const [where, why] of [
    [canteen, /not used in this channel: use #soc or/],
    [partners, /shared with another organisation/],
    [secret, /invite @capture/],
  ] as const) {
    await workspace.as(grant).types(start, where);
    await shownTo(stage, grant, why);
    const entry = stage.auditLog().findLast(({ outcome }) => outcome === 'refused');
    assert.equal(entry?.analyst, 'grant');
    assert.match(entry?.detail ?? '', why);
  }
  await workspace.as(grant).types('/capture whoami', alone);
  await shownTo(stage, grant, /You are grant, a lead/);
});

test('a viewer may look and not start', async (t) => {
  const stage = await openStage(t);
  const { workspace, maria, soc } = stage;
  await stage.openBot();
  await workspace.as(maria).types('/capture list', soc);
  await shownTo(stage, maria, /Nothing runs/);
  await workspace.as(maria).types(start, soc);
  await shownTo(stage, maria, /Not allowed: maria is a viewer here/);
});

test('when Slack cannot say who somebody is, nobody is let in', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, soc } = stage;
  await stage.openBot();
  workspace.faults.failNext('users.info', 10);
  await workspace.as(grant).types(start, soc);
  await shownTo(stage, grant, /Slack could not be asked who you are/);
  assert.deepEqual(await stage.engine.list({ all: true }, stage.lead), []);
  workspace.faults.clear();
  await workspace.as(grant).types('/capture whoami', soc);
  await shownTo(stage, grant, /You are grant/);
});

test('a member who was made a guest is refused although the configuration still names them', async (t) => {
  const stage = await openStage(t);
  const { workspace, will, soc } = stage;
  await workspace.faults.changeUser(will, { is_restricted: true });
  await stage.openBot();
  await workspace.as(will).types(start, soc);
  await shownTo(stage, will, /guests may not/);
});
