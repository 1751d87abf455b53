import assert from 'node:assert/strict';
import { test } from 'node:test';
import { homeOf, messageIn, modalOf, openStage } from './stage.ts';

test('a lead’s Home shows everyone’s captures, and stops another’s; an analyst’s and a viewer’s do not', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, will, maria, soc, engine } = stage;
  await stage.openBot();
  await workspace.as(will).types('/capture start -d "of will" -e "udp port 42211"', soc);
  await workspace.as(grant).types('/capture start -d "of the lead" -e "udp port 42212"', soc);
  await messageIn(stage, soc, /Capturing · of will/);
  await messageIn(stage, soc, /Capturing · of the lead/);
  const { id } = engine.stoppable('will', stage.lead)[0] ?? assert.fail('will captures nothing');

  await workspace.as(maria).opensHome();
  const looked = await homeOf(stage, maria, /maria, a viewer.*2 running/s);
  assert.doesNotMatch(JSON.stringify(looked.blocks), /_stop|home_start|home_search/);
  await workspace.as(will).opensHome();
  await homeOf(stage, will, /1 running.*of will/s);
  await workspace.as(grant).opensHome();
  const home = await homeOf(
    stage,
    grant,
    /1 running.*of the lead.*Everybody else’s: 1 running.*of will.* · will · lo/s,
  );

  await workspace.as(grant).clicks(home, 'home_capture_stop', id);
  await modalOf(stage, grant, new RegExp(`Stopped.*${id}`, 's'));
  await homeOf(stage, grant, /Everybody else’s: nothing runs.*last results.*of will.*stopped by grant/s);
  await homeOf(stage, will, /nothing runs.*Your last results.*of will.*stopped by grant/s);
  await homeOf(stage, maria, /1 running.*Last results.*stopped by grant/s);
  assert.equal(engine.peek(id)?.why, 'stopped by grant');
  assert.equal(engine.stoppable(null, stage.lead).length, 1);
});
