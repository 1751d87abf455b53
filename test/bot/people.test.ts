import assert from 'node:assert/strict';
import { test } from 'node:test';
import { whyNotChannel, whyNotPerson } from '../../src/bot/people.ts';

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
