import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SentEnvelope } from '../../sandbox/workspace/state.ts';
import { formOf, messageIn, openStage, shownTo } from './stage.ts';

test('what Slack delivers once more does nothing again, however late: after a restart, and to a bot whose like was killed over it', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, soc } = stage;
  const first = await stage.startBot();
  await workspace.as(grant).types('/capture start -d "by command" -e "udp port 42690"', soc);
  const message = await messageIn(stage, soc, /Capturing · by command/);
  await workspace.as(grant).types('/capture start -d "by form"', soc);
  await workspace.as(grant).submits(await formOf(stage, grant), { port: '42691' });
  await messageIn(stage, soc, /Capturing · by form/);
  await workspace.as(grant).clicks(message, 'capture_stop');
  await messageIn(stage, soc, /Stopped · by command/);
  await first.kill('SIGTERM');

  const second = await stage.startBot();
  const asked = () => stage.auditLog().filter(({ outcome, verb }) => outcome === 'asked' && /start|stop/.test(verb));
  const before = asked().length;
  const all = workspace.envelopes().filter(({ type }) => type !== 'events_api');
  const outcomes = await Promise.all(all.map((envelope) => redelivered(envelope)));
  // A form is not acknowledged again: that would close one that waits for its answer.
  const expected = all.map(({ payload }) => (payload.type === 'view_submission' ? 'no_ack' : 'acked'));
  assert.deepEqual(outcomes, expected);
  assert.equal(asked().length, before);
  assert.equal(workspace.messagesIn(soc).length, 2);

  // Killed between the note and the act.
  const stop = workspace.watch((change) => {
    if (change.kind === 'call' && change.call.method === 'users.info') second.process.kill('SIGKILL');
  });
  await workspace.as(grant).types('/capture start -d "never done" -e "udp port 42692"', soc);
  await second.ended;
  stop();
  await stage.startBot();
  await shownTo(stage, grant, /I was interrupted: .*never done.* Nothing was done: give the order again/);
  const [cut] = workspace.envelopes('slash_commands').slice(-1);
  assert.ok(cut);
  assert.equal(await redelivered(cut), 'acked');
  assert.equal(asked().length, before);
  t.diagnostic(`${all.length + 1} envelopes delivered again: nothing done, ${asked().length} orders in the audit log`);

  function redelivered(envelope: SentEnvelope) {
    return workspace.faults.redeliver(envelope);
  }
});
