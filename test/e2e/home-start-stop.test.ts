import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formOf, homeOf, messageIn, modalOf, openStage, sendDatagrams } from './stage.ts';

test('an analyst opens Home, starts from it, sees the capture appear, stops it there, and sees what came of it', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, will, soc, engine } = stage;
  await stage.openBot();
  const port = 42_201;
  await workspace.as(grant).types(`/capture start -d "of the lead" -e "udp port ${port + 1}"`, soc);
  await messageIn(stage, soc, /Capturing · of the lead/);

  await workspace.as(will).opensHome();
  const empty = await homeOf(stage, will, /You are will, an analyst.*Your captures and searches: nothing runs/s);
  assert.doesNotMatch(JSON.stringify(empty.blocks), /of the lead|verybody/);
  await homeOf(stage, will, /Ring dmz.*cannot be read/s);

  await workspace.as(will).clicks(empty, 'home_start');
  const form = await formOf(stage, will);
  await workspace.as(will).submits(form, { description: 'from home', port: String(port), channel: soc.id });
  await messageIn(stage, soc, /Capturing · from home/);
  const home = await homeOf(stage, will, /1 running.*Capturing.*from home/s);
  await sendDatagrams(port, 23);

  await workspace.as(will).clicks(home, 'home_capture_details', 'c2');
  await modalOf(stage, will, /Id: c2.*snaplen/s);
  await workspace.as(will).clicks(home, 'home_capture_stop', 'c2');
  await modalOf(stage, will, /Stopped.*23 packets/s);
  const after = await homeOf(stage, will, /nothing runs.*Your last results.*Stopped.*from home.*23 packets/s);
  const capture = engine.peek('c2');
  assert.equal(capture?.why, 'stopped by will');
  assert.match(JSON.stringify(after.blocks), new RegExp(`${capture?.sha256?.slice(0, 8)}…`));
  assert.doesNotMatch(JSON.stringify(after.blocks), /home_capture_stop/);
  assert.equal(engine.peek('c1')?.state, 'running');
  const stopping = stage.auditLog().filter(({ verb, analyst }) => verb === 'stop' && analyst === 'will');
  assert.deepEqual(
    stopping.map(({ words }) => words),
    ['[Stop] c2', '[Stop] c2'],
  );
});
