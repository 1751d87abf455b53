import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Workspace } from '../../sandbox/workspace/workspace.ts';
import { until } from '../capture/wait.ts';
import { messageIn, openStage, replyTo } from './stage.ts';

const basePort = 42_650;
const lasting = { refused: 12_000, errors: 8_000, silence: 8_000, lost_answers: 8_000 } as const;
type Outage = keyof typeof lasting;

test('after an outage, of whatever kind, every message is true again, there once, and the bot hears', async (t) => {
  const stage = await openStage(t, { limits: { perAnalyst: 50 } });
  const { workspace, grant, soc, engine } = stage;
  await stage.startBot();
  for (const [at, outage] of (Object.keys(lasting) as Outage[]).entries()) {
    const port = basePort + 4 * at;
    const types = (about: string, more = '', offset = 0) =>
      workspace.as(grant).types(`/capture start -d "${about} ${outage}" ${more} -e "udp port ${port + offset}"`, soc);
    await types('stopped in');
    const stopped = await messageIn(stage, soc, new RegExp(`Capturing · stopped in ${outage}`));
    await types('over in', '--for 4s', 1);
    const over = await messageIn(stage, soc, new RegExp(`Capturing · over in ${outage}`));
    const posts = postsIn(workspace, soc.id);

    // Slack goes away as soon as it has heard that the bot has the last one.
    await types('begun in', '', 2);
    const end = await begin(workspace, outage);
    const began = performance.now();
    const found = async () => (await engine.list({ all: true, selector: `begun in ${outage}` }, stage.lead))[0];
    await until('the last one to run', async () => (await found())?.state === 'running', 20_000);
    await engine.stop(`stopped in ${outage}`, { ...stage.lead, words: 'capture stop' });
    await pause(Math.max(0, lasting[outage] - (performance.now() - began)));
    await end();

    const back = performance.now();
    const took = () => Math.round((performance.now() - back) / 100) / 10;
    await workspace.until(() => workspace.connections() > 0, { timeoutMs: 30_000, what: 'a connection' });
    const heard = took();
    await workspace.until(() => /Stopped/.test(stopped.text) && /Finished/.test(over.text), {
      timeoutMs: 40_000,
      what: `${stopped.text}\n${over.text}`,
    });
    await messageIn(stage, soc, new RegExp(`Capturing · begun in ${outage}`));
    for (const message of [stopped, over]) await replyTo(stage, message, /Stopped|Finished/);
    t.diagnostic(
      `${outage} for ${lasting[outage] / 1000} s: heard again after ${heard} s, all true after ${took()} s, ${postsIn(workspace, soc.id) - posts} posts for 3 new messages`,
    );
    for (const words of ['stopped in', 'over in', 'begun in']) {
      const messages = workspace.messagesIn(soc).filter(({ text }) => text.includes(`${words} ${outage}`));
      assert.equal(messages.length, 1, `${words} ${outage}`);
    }
    for (const { ts } of [stopped, over]) {
      const thread = workspace.threadOf(soc, ts).map(({ text }) => text);
      assert.equal(thread.filter((text) => /c\d+: .*(Stopped|Finished)/.test(text)).length, 1, thread.join('\n'));
      assert.equal(new Set(thread).size, thread.length, thread.join('\n'));
    }
  }
  assert.equal((await workspace.as(grant).types('/capture whoami', soc)).outcome, 'acked');
});

async function begin(workspace: Workspace, outage: Outage): Promise<() => Promise<void>> {
  if (outage === 'refused') {
    await workspace.faults.goAway();
    return workspace.faults.comeBack;
  }
  workspace.faults.outage(outage);
  workspace.faults.disconnect('abrupt');
  return async () => workspace.faults.outage(null);
}

function postsIn(workspace: Workspace, channel: string): number {
  return workspace.calls('chat.postMessage').filter(({ args }) => args.channel === channel).length;
}
