import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formOf, messageIn, openStage, type Stage, seenIn, shownTo } from './stage.ts';

const orders = (stage: Stage, who: string) =>
  stage
    .auditLog()
    .filter(({ analyst, outcome }) => analyst === who && outcome !== 'asked')
    .map(({ verb, outcome, actingFor }) => `${verb} ${outcome} for ${actingFor}`);

test('a lead acts for somebody else by command and by form, and both names are kept', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, will, soc, engine } = stage;
  await stage.openBot();
  await workspace.as(grant).types('/capture start -a will -d "typed" -e "udp port 42460"', soc);
  const typed = await messageIn(stage, soc, /Capturing · typed/);
  assert.match(JSON.stringify(typed.blocks), /will, ordered by grant/);
  await workspace.as(grant).types('/capture start -a will -d "in a form"', soc);
  await workspace.as(grant).submits(await formOf(stage, grant), { port: '42461' });
  const filled = await messageIn(stage, soc, /Capturing · in a form/);
  assert.match(JSON.stringify(filled.blocks), /will, ordered by grant/);
  for (const id of ['c1', 'c2']) {
    const { analyst, orderedBy } = engine.peek(id) ?? assert.fail(id);
    assert.deepEqual([analyst, orderedBy], ['will', 'grant']);
  }
  assert.deepEqual(orders(stage, 'grant'), ['start done for will', 'start done for will']);
  // It is will's own: they may stop it.
  await workspace.as(will).clicks(typed, 'capture_stop');
  await workspace.until(() => /Stopped · typed/.test(typed.text), { timeoutMs: 20_000, what: typed.text });
});

test('nobody else acts for anybody, by whichever verb or form, and nobody at all for one who is not known', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, will, soc, engine } = stage;
  await stage.openBot();
  const only = /Not allowed: only a lead may act for somebody else: leave out -a grant, or ask a lead/;
  for (const words of ['start', 'search', 'both', '-a', '-ra', '-Ra']) {
    workspace.state.ephemerals.length = 0;
    const order = words.startsWith('-') ? `${words} grant -d x -e "udp port 42462"` : `${words} -a grant -d x -e "tcp"`;
    await workspace.as(will).types(`/capture ${order}`, soc);
    await shownTo(stage, will, only);
  }
  await workspace.as(will).types('/capture start -a grant -d "in a form"', soc);
  const form = await formOf(stage, will);
  await workspace.as(will).submits(form, { port: '42463' });
  await seenIn(stage, form, /only a lead may act for somebody else/);
  assert.deepEqual([...new Set(orders(stage, 'will'))].sort(), [
    'both refused for grant',
    'search refused for grant',
    'start refused for grant',
  ]);
  for (const name of ['mallory', 'Will', 'c1', '"will "', '"<!channel>"']) {
    workspace.state.ephemerals.length = 0;
    await workspace.as(grant).types(`/capture start -a ${name} -d x -e "udp port 42464"`, soc);
    await shownTo(stage, grant, /there is no analyst /);
  }
  assert.ok(orders(stage, 'grant').every((order) => order.startsWith('start invalid for ')));
  // Their own name is no acting for somebody.
  await workspace.as(will).types('/capture start -a will -d "own name" -e "udp port 42465"', soc);
  await messageIn(stage, soc, /Capturing · own name/);
  assert.equal(engine.peek('c1')?.orderedBy, 'will');
  assert.equal(engine.peek('c2'), undefined);
});
