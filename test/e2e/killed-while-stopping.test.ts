import assert from 'node:assert/strict';
import { test } from 'node:test';
import { called, killAt, type Step } from './killing.ts';
import { messageIn, openStage, replyTo } from './stage.ts';

const basePort = 42_694;

const steps: readonly Step[] = [
  { name: 'Slack asked who', inSlack: called('users.info') },
  {
    name: 'audit asked',
    inRegistry: (row) => row("select 1 from audit where verb = 'stop' and outcome = 'asked' and ? <> ''") !== undefined,
  },
  {
    name: 'stopping',
    inRegistry: (row) => row("select 1 from captures where description = ? and state <> 'running'") !== undefined,
  },
  {
    name: 'stopped',
    inRegistry: (row) => row("select 1 from captures where description = ? and state = 'stopped'") !== undefined,
  },
  { name: 'edited, not heard', inSlack: called('chat.update') },
  {
    name: 'ending posted, not heard',
    inSlack: (change) =>
      called('chat.postMessage')(change) && change.kind === 'call' && 'thread_ts' in change.call.args,
  },
];

for (const [at, step] of steps.entries()) {
  test(`a bot killed over the button Stop (${step.name}) leaves one message and one ending, both true, and a person who is told`, async (t) => {
    const stage = await openStage(t);
    const { workspace, grant, will, soc, engine } = stage;
    const first = await stage.startBot();
    const description = `stopped at ${at}`;
    await workspace.as(will).types(`/capture start -d "${description}" -e "udp port ${basePort + at}"`, soc);
    const message = await messageIn(stage, soc, new RegExp(`Capturing · ${description}`));
    await Promise.all([workspace.as(grant).clicks(message, 'capture_stop'), killAt(step, description, first, stage)]);

    await stage.startBot();
    const isTold = () =>
      workspace.ephemeralsFor(grant).some(({ text }) => text.includes('I was interrupted: [Stop] c1'));
    const isOver = () => /Stopped · /.test(message.text);
    await workspace.until(() => isTold() || isOver(), { timeoutMs: 30_000, what: 'grant to be told' });
    // Killed before anything was ended: grant knows, and gives the order again.
    if (engine.peek('c1')?.state === 'running') await workspace.as(grant).clicks(message, 'capture_stop');
    await workspace.until(isOver, { timeoutMs: 30_000, what: message.text });
    const reply = await replyTo(stage, message, /c1: .*Stopped/);
    assert.deepEqual(workspace.messagesIn(soc), [message]);
    assert.deepEqual(workspace.threadOf(soc, message.ts), [reply]);
    assert.equal(engine.peek('c1')?.state, 'stopped');
  });
}
