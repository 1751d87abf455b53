import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageIn, openStage } from './stage.ts';

test('a command that Slack delivers twice starts one capture', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, soc } = stage;
  await stage.openBot();
  workspace.faults.duplicateNext();
  await workspace.as(grant).types('/capture start -d "only once" -e "udp port 41301"', soc);
  const message = await messageIn(stage, soc, /Capturing · only once/);
  workspace.faults.duplicateNext();
  await workspace.as(grant).clicks(message, 'capture_stop');
  await workspace.until(() => /Stopped/.test(message.text));

  await workspace.as(grant).types('/capture list --all', soc);
  await workspace.until(() => workspace.ephemeralsFor(grant).some(({ text }) => text === '1 capture: c1'));
  const verbs = stage.auditLog().flatMap(({ outcome, verb }) => (outcome === 'asked' ? [verb] : []));
  assert.deepEqual(verbs, ['start', 'stop']);
  assert.equal(workspace.messagesIn(soc).length, 1);
});
