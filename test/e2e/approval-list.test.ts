import assert from 'node:assert/strict';
import { test } from 'node:test';
import { became, openStageWithLeads, requestIn } from './requests.ts';
import { messageIn, shownTo } from './stage.ts';

test('approve and deny without an id list what waits, with the buttons that the reader may press, and the list is drawn anew', async (t) => {
  const stage = await openStageWithLeads(t);
  const { workspace, grant, will, maria, lea, soc, engine } = stage;
  await stage.openBot();
  await workspace.as(will).types('/capture start -d "of will" -e "udp port 42571"', soc);
  const ofWill = await requestIn(stage, soc, /of will/);
  await workspace.as(grant).types('/capture start -d "of grant" -e "udp port 42572"', soc);
  const ofGrant = await requestIn(stage, soc, /of grant/);
  const buttons = ({ blocks }: { readonly blocks: readonly object[] }) =>
    JSON.stringify(blocks)
      .match(/capture_\w+_listed","value":"a\d/g)
      ?.map((each) => each.replace(/_listed.*"/, ' ')) ?? [];
  const list = async (who: { readonly id: string }, verb: 'approve' | 'deny') => {
    workspace.state.ephemerals.length = 0;
    await workspace.as(who.id).types(`/capture ${verb}`, soc);
    return shownTo(stage, who, /^Requests for approval: a2 waiting, a1 waiting/);
  };
  assert.deepEqual(buttons(await list(maria, 'approve')), []);
  assert.deepEqual(buttons(await list(will, 'deny')), ['capture_deny a1']);
  assert.deepEqual(buttons(await list(grant, 'approve')), ['capture_deny a2', 'capture_approve a1', 'capture_deny a1']);
  const shown = await list(lea, 'deny');
  const value = (id: string) => JSON.stringify(shown.blocks).match(new RegExp(`${id} \\d{10,}`))?.[0] ?? '';
  const [one, other] = [value('a1'), value('a2')];

  await workspace.as(lea).clicks(shown, 'capture_approve_listed', one);
  await became(stage, ofWill, /was approved by lea and started as c1/);
  await messageIn(stage, soc, /Capturing · of will/);
  await workspace.until(() => /^Started c1.*Requests for approval: a2 waiting/s.test(shown.text), { what: shown.text });
  assert.deepEqual(buttons(shown), ['capture_approve a2', 'capture_deny a2']);
  await workspace.as(lea).clicks(shown, 'capture_deny_listed', other);
  await became(stage, ofGrant, /was denied by lea/);
  await workspace.until(() => /^a2 was denied by lea/.test(shown.text), { what: shown.text });
  assert.deepEqual(buttons(shown), []);
  assert.equal(engine.peek('c2'), undefined);
});
