import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { withCast } from '../../sandbox/workspace/cast.ts';
import { openWorkspace } from '../../sandbox/workspace/workspace.ts';
import { slackClients } from '../../src/bot/clients.ts';
import { slackLog } from '../../src/bot/log.ts';
import { slackPeople, whyNotChannel, whyNotPerson } from '../../src/bot/people.ts';
import { keptLog, manifest } from './sample.ts';

const member = { id: 'U1', team_id: 'T1' };

test('a member of the workspace is welcome', () => {
  assert.equal(whyNotPerson(member, 'T1'), null);
});

test('so is one who is at home in another workspace of the organisation and a member of this one', () => {
  const everywhere = { ...member, team_id: 'T2', enterprise_user: { enterprise_id: 'E1', teams: ['T2', 'T1'] } };
  assert.equal(whyNotPerson(everywhere, 'T1'), null);
  assert.match(whyNotPerson({ ...everywhere, is_restricted: true }, 'T1') ?? '', /guests/);
});

test('everyone else is refused with the reason', () => {
  const others = {
    nobody: undefined,
    guest: { ...member, is_restricted: true },
    'single-channel guest': { ...member, is_ultra_restricted: true },
    stranger: { ...member, is_stranger: true },
    'of another team': { ...member, team_id: 'T2' },
    bot: { ...member, is_bot: true },
    workflow: { ...member, is_workflow_bot: true },
    'connector of another app': { ...member, is_connector_bot: true },
    Slackbot: { ...member, id: 'USLACKBOT' },
    'of another workspace of the organisation': {
      ...member,
      team_id: 'T2',
      enterprise_user: { enterprise_id: 'E1', teams: ['T2', 'T3'] },
    },
    'stranger who is said to be of this team': { ...member, is_stranger: true, enterprise_user: { teams: ['T1'] } },
    deactivated: { ...member, deleted: true },
  };
  for (const [who, person] of Object.entries(others)) assert.match(whyNotPerson(person, 'T1') ?? '', /\w/, who);
});

test('a channel that another organisation sees, or is about to, is refused', () => {
  assert.equal(whyNotChannel({ id: 'C1' }), null);
  assert.match(whyNotChannel({ id: 'C1', is_ext_shared: true }) ?? '', /shared/);
  assert.match(whyNotChannel({ id: 'C1', is_pending_ext_shared: true }) ?? '', /shared/);
  assert.match(whyNotChannel(undefined) ?? '', /invite/);
  assert.match(whyNotChannel({ id: 'C1', is_archived: true }) ?? '', /archived/);
  // The same organisation: who is of this workspace is asked of each person all the same.
  assert.equal(whyNotChannel({ id: 'C1', is_shared: true, is_org_shared: true }), null);
});

/** What Slack says of the people and channels of a workspace. */
async function known(t: TestContext, now: () => number) {
  const workspace = await openWorkspace({ manifest });
  t.after(() => workspace.close());
  const secrets = { botToken: workspace.botToken, appToken: workspace.appToken, apiUrl: workspace.apiUrl };
  const people = slackPeople(slackClients(secrets, slackLog(keptLog().log)).interactive, now);
  return { workspace, people, ...withCast(workspace) };
}

test('what changed is asked for anew at once, and an answer from before the change is not kept', async (t) => {
  const { workspace, people, will, grant } = await known(t, () => 0);
  const group = await workspace.faults.setGroup({ id: 'S1', handle: 'soc', users: [will.id] });
  assert.deepEqual(await people.group('S1'), [will.id]);
  group.users.push(grant.id);
  assert.deepEqual(await people.group('S1'), [will.id]);
  people.forget('group', 'S1');
  people.forget('person', 'S1');
  assert.deepEqual(await people.group('S1'), [will.id, grant.id]);

  people.forget('group', 'S1');
  workspace.faults.delay('usergroups.users.list', 100);
  const under = people.group('S1');
  people.forget('group', 'S1');
  await under;
  group.users.length = 0;
  workspace.faults.clear();
  assert.deepEqual(await people.group('S1'), []);
});

test('who comes while Slack is being asked waits for the same answer', async (t) => {
  const { workspace, people, will } = await known(t, () => 0);
  await workspace.faults.setGroup({ id: 'S1', handle: 'soc', users: [will.id] });
  const answers = await Promise.all(Array.from({ length: 50 }, () => people.group('S1')));
  assert.ok(answers.every(([only]) => only === will.id));
  assert.equal(workspace.calls('usergroups.users.list').length, 1);
  workspace.faults.errorNext('users.info', 'fatal_error');
  const failed = await Promise.allSettled(Array.from({ length: 9 }, () => people.person(will.id)));
  assert.ok(failed.every(({ status }) => status === 'rejected'));
  assert.equal((await people.person(will.id))?.id, will.id);
});

test('a user group that is not there, or was disabled, has nobody in it; one that cannot be read is no answer', async (t) => {
  const { workspace, people, will } = await known(t, () => 0);
  assert.deepEqual(await people.group('S9'), []);
  const group = await workspace.faults.setGroup({ id: 'S1', handle: 'soc', users: [will.id] });
  await workspace.faults.disableGroup(group);
  assert.deepEqual(await people.group('S1'), []);
  workspace.faults.errorNext('usergroups.users.list', 'missing_scope');
  await assert.rejects(people.group('S2'), /missing_scope/);
});

test('Slack is asked anew after five minutes, and a failure is not remembered', async (t) => {
  let now = 0;
  const { workspace, people, will, secret } = await known(t, () => now);
  workspace.faults.errorNext('users.info', 'fatal_error');
  await assert.rejects(people.person(will.id), /fatal_error/);
  assert.equal((await people.person(will.id))?.is_restricted, false);
  await workspace.faults.changeUser(will, { is_restricted: true });
  now = 299_999;
  assert.equal((await people.person(will.id))?.is_restricted, false);
  now = 300_000;
  assert.equal((await people.person(will.id))?.is_restricted, true);
  assert.equal(workspace.calls('users.info').length, 3);
  assert.equal(await people.person('U0NOBODY'), undefined);
  assert.equal(await people.channel(secret.id), undefined);
});
