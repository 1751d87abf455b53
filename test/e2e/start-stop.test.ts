import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageIn, openStage, replyTo, sendDatagrams, shownTo } from './stage.ts';

test('a capture is started in Slack, catches every packet, and is stopped with its button', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, soc, engine } = stage;
  await stage.openBot();
  const port = 41_101;

  const typed = await workspace.as(grant).types(`/capture start -d "odd datagrams" -e "udp port ${port}"`, soc);
  assert.equal(typed.outcome, 'acked');
  const message = await messageIn(stage, soc, /Capturing · odd datagrams/);
  await shownTo(stage, grant, /Started c1/);
  await sendDatagrams(port, 37);

  assert.deepEqual(await workspace.as(grant).clicks(message, 'capture_stop'), { outcome: 'acked' });
  await workspace.until(() => /Stopped · odd datagrams/.test(message.text), { timeoutMs: 20_000, what: message.text });
  const ending = await replyTo(stage, message, /c1: .*Stopped/);
  assert.match(message.text, /37 packets/);
  assert.match(JSON.stringify(ending.blocks), /37/);
  assert.equal(workspace.messagesIn(soc).length, 1);
  assert.ok(!JSON.stringify(message.blocks).includes('capture_stop'));

  const capture = engine.peek('c1');
  assert.equal(capture?.facts?.packets, 37);
  assert.equal(capture?.why, 'stopped by grant');
  assert.ok(JSON.stringify(ending.blocks).includes(capture?.sha256 ?? 'no digest'));
});

test('a click on a button that should be gone is told what happened', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, will, soc } = stage;
  await stage.openBot();
  await workspace.as(will).types('/capture start -d "short one" -e "udp port 41102"', soc);
  const message = await messageIn(stage, soc, /Capturing · short one/);
  await workspace.as(grant).types('/capture stop c1', soc);
  await shownTo(stage, grant, /Stopped: c1/);
  await workspace.until(() => /Stopped/.test(message.text));

  await workspace.as(will).clicks(message, 'capture_stop');
  const told = await shownTo(stage, will, /c1 has ended already/);
  assert.match(JSON.stringify(told.blocks), /stopped by grant/);
  assert.match(message.text, /Stopped/);
});

test('somebody else’s capture cannot be stopped, neither by button nor by command', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, will, soc, engine } = stage;
  await stage.openBot();
  await workspace.as(grant).types('/capture start -d "the lead’s" -e "udp port 41103"', soc);
  const message = await messageIn(stage, soc, /Capturing/);
  await workspace.as(will).clicks(message, 'capture_stop');
  await shownTo(stage, will, /Not allowed: c1 is grant's capture/);
  await workspace.as(will).types('/capture stop c1', soc);
  await workspace.until(
    () => workspace.ephemeralsFor(will).filter(({ text }) => /Not allowed/.test(text)).length === 2,
  );
  assert.equal(engine.peek('c1')?.state, 'running');
  assert.equal(
    stage.auditLog().filter(({ outcome, analyst }) => outcome === 'refused' && analyst === 'will').length,
    2,
  );
});
