import assert from 'node:assert/strict';
import { test } from 'node:test';
import { homeOf, messageIn, modalOf, openStage } from './stage.ts';

test('a Stop that should be gone from Home tells what happened, and the Home is drawn anew', async (t) => {
  const stage = await openStage(t);
  const { workspace, will, soc, engine } = stage;
  await stage.openBot();
  await workspace.as(will).types('/capture start -d "short one" -e "udp port 42231"', soc);
  await messageIn(stage, soc, /Capturing · short one/);
  await workspace.as(will).opensHome();
  const home = await homeOf(stage, will, /1 running.*short one/s);
  // Slack takes no new Home for a while: what is seen stays as it was.
  workspace.faults.failNext('views.publish', 1);
  await engine.stop('c1', stage.lead);

  await workspace.as(will).clicks(home, 'home_capture_stop', 'c1');
  await modalOf(stage, will, /c1 has ended already.*stopped by grant/s);
  await homeOf(stage, will, /nothing runs.*Your last results.*short one/s);
  const clicked = stage.auditLog().filter(({ words }) => words === '[Stop] c1');
  assert.deepEqual(
    clicked.map(({ outcome }) => outcome),
    ['asked', 'invalid'],
  );
});

test('a Home that was opened before the bot was killed is true again once it is back', async (t) => {
  const stage = await openStage(t);
  const { workspace, will, maria, soc, engine } = stage;
  const bot = await stage.startBot();
  await workspace.as(will).types('/capture start -d "over the gap" -e "udp port 42232"', soc);
  await messageIn(stage, soc, /Capturing · over the gap/);
  await workspace.as(will).opensHome();
  await homeOf(stage, will, /1 running.*over the gap/s);
  await bot.kill('SIGKILL');
  await engine.stop('c1', stage.lead);

  await stage.startBot();
  await homeOf(stage, will, /nothing runs.*over the gap.*stopped by grant/s);
  assert.equal(workspace.homeOf(maria), undefined);
});
