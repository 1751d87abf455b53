import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestIn } from './requests.ts';
import { openStage, shownTo } from './stage.ts';

test('approval by the requester is refused, whether as a button or typed, by a lead, an analyst, or a lead who acts for one', async (t) => {
  const stage = await openStage(t, { approval: { interfaces: ['lo'] } });
  const { workspace, grant, will, maria, guest, soc, engine } = stage;
  await stage.openBot();
  const refused = /Not allowed: a second person approves it/;

  await workspace.as(grant).types('/capture start -d "own order" -e "udp port 42501"', soc);
  await shownTo(stage, grant, /a1 waits for approval: nothing runs yet\. it is on lo/);
  const own = await requestIn(stage, soc, /own order/);
  await workspace.as(grant).clicks(own, 'capture_approve');
  await shownTo(stage, grant, refused);
  await workspace.as(grant).types('/capture approve a1', soc);
  await workspace.until(() => workspace.ephemeralsFor(grant).filter(({ text }) => refused.test(text)).length === 2);

  await workspace.as(grant).types('/capture start -a will -d "for will" -e "udp port 42501"', soc);
  const acted = await requestIn(stage, soc, /for will/);
  assert.match(acted.text, /\(a2, will, ordered by grant\)/);
  await workspace.as(grant).clicks(acted, 'capture_approve');
  await shownTo(stage, grant, /a2 is grant's, for will: ask a lead other than grant and will/);
  await workspace.as(will).clicks(acted, 'capture_approve');
  await shownTo(stage, will, refused);

  await workspace.as(maria).clicks(acted, 'capture_approve');
  await shownTo(stage, maria, /only a lead approves what others ask for/);
  await workspace.as(guest).clicks(acted, 'capture_approve');
  await shownTo(stage, guest, /Not allowed: guests may not use capture/);

  assert.deepEqual(
    engine.waiting().map(({ id }) => id),
    ['a1', 'a2'],
  );
  assert.equal(engine.peek('c1'), undefined);
  const approvals = stage.auditLog().filter(({ verb, outcome }) => verb === 'approve' && outcome !== 'asked');
  assert.deepEqual(
    approvals.map(({ outcome, analyst, actingFor }) => `${outcome} ${analyst} for ${actingFor}`),
    [
      'refused grant for null',
      'refused grant for null',
      'refused grant for will',
      'refused will for null',
      'refused maria for will',
      'refused will for null',
    ],
  );
});
