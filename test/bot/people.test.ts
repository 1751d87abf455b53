import assert from 'node:assert/strict';
import { test } from 'node:test';
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

test('everyone else is refused with the reason', () => {
  const others = {
    nobody: undefined,
    guest: { ...member, is_restricted: true },
    'single-channel guest': { ...member, is_ultra_restricted: true },
    stranger: { ...member, is_stranger: true },
    'of another team': { ...member, team_id: 'T2' },
    bot: { ...member, is_bot: true },
    workflow: { ...member, is_workflow_bot: true },
    deactivated: { ...member, deleted: true },
  };
  for (const [who, person] of Object.entries(others)) assert.match(whyNotPerson(person, 'T1') ?? '', /\w/, who);
});

test('a channel that another organisation sees, or is about to, is refused', () => {
  assert.equal(whyNotChannel({ id: 'C1' }), null);
  assert.match(whyNotChannel({ id: 'C1', is_ext_shared: true }) ?? '', /shared/);
  assert.match(whyNotChannel({ id: 'C1', is_pending_ext_shared: true }) ?? '', /shared/);
  assert.match(whyNotChannel(undefined) ?? '', /invite/);
});

test('Slack is asked anew after five minutes, and a failure is not remembered', async (t) => {
  const workspace = await openWorkspace({ manifest });
  t.after(() => workspace.close());
  const { will, secret } = withCast(workspace);
  let now = 0;
  const secrets = { botToken: workspace.botToken, appToken: workspace.appToken, apiUrl: workspace.apiUrl };
  const people = slackPeople(slackClients(secrets, slackLog(keptLog().log)).interactive, () => now);
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
