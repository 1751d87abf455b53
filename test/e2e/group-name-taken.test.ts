import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageIn, openStage, shownTo } from './stage.ts';

const groups = { analyst: 'S024BE7A1' };

test('a Slack name that is somebody else’s makes nobody that person: captures stay with whose they are', async (t) => {
  const stage = await openStage(t, { slack: { groups } });
  const { workspace, grant, soc, engine } = stage;
  const petra = workspace.addUser({ name: 'petra' });
  const mallory = workspace.addUser({ name: 'will' });
  await workspace.faults.setGroup({ id: groups.analyst, handle: 'soc', users: [petra.id, mallory.id, grant.id] });
  const bot = await stage.startBot();
  await workspace.as(petra).types('/capture start -d "hers" -e "udp port 42420"', soc);
  const message = await messageIn(stage, soc, /Capturing · hers/);

  // An analyst of the configuration is called so.
  await workspace.as(mallory).types('/capture stop c1', soc);
  await shownTo(
    stage,
    mallory,
    /your Slack name will is that of an analyst of the configuration: ask a lead to name you/,
  );
  // Petra renames herself in Slack, and somebody takes the name that she had; the bot starts anew.
  await workspace.faults.changeUser(petra, { name: 'petra.meier' });
  await workspace.faults.changeUser(mallory, { name: 'petra' });
  assert.equal(await bot.kill('SIGTERM'), 0);
  await stage.startBot();
  workspace.state.ephemerals.length = 0;
  await workspace.as(mallory).clicks(message, 'capture_stop');
  const taken = new RegExp(`your Slack name petra is that of somebody else here, the Slack user ${petra.id}`);
  await shownTo(stage, mallory, taken);
  await workspace.as(mallory).types('/capture stop c1', soc);
  await workspace.until(() => workspace.ephemeralsFor(mallory.id).filter(({ text }) => taken.test(text)).length === 2);
  assert.equal(engine.peek('c1')?.state, 'running');
  const refused = stage.auditLog().filter(({ outcome }) => outcome === 'refused');
  assert.deepEqual(
    refused.map(({ origin, analyst }) => [origin.door === 'slack' && origin.user, analyst]),
    Array.from({ length: 3 }, () => [mallory.id, null]),
  );

  await workspace.as(petra).types('/capture stop c1', soc);
  await workspace.until(() => /Stopped · hers/.test(message.text), { timeoutMs: 20_000, what: message.text });
  assert.equal(engine.peek('c1')?.why, 'stopped by petra');
});
