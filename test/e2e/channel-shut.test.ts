import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { until } from '../capture/wait.ts';
import { messageIn, openStage, replyTo } from './stage.ts';

const basePort = 42_630;

test('a bot that is shut out of a channel and let in again shows what became of each capture, in the messages that were there', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, soc } = stage;
  await stage.startBot();
  for (const at of [0, 1]) {
    await workspace.as(grant).types(`/capture start -d "shut out ${at}" -e "udp port ${basePort + at}"`, soc);
    await messageIn(stage, soc, new RegExp(`Capturing · shut out ${at}`));
  }
  const [zero, one] = workspace.messagesIn(soc);
  assert.ok(zero && one);
  workspace.faults.removeBot(soc);
  await stage.engine.stop('c1', { ...stage.lead, words: 'capture stop c1' });
  const registry = new Database(join(stage.directory, 'state', 'registry.sqlite'), { readonly: true });
  const shut = registry.prepare("select 1 from messages where trouble = 'not_in_channel' and sent_state = 'stopped'");
  await until('the bot to find itself shut out', () => shut.get() !== undefined, 20_000);
  registry.close();

  workspace.faults.inviteBot(soc);
  const back = performance.now();
  await workspace.until(() => /Stopped · shut out 0/.test(zero.text), { timeoutMs: 80_000, what: zero.text });
  t.diagnostic(`true again ${Math.round((performance.now() - back) / 1000)} s after it was let in`);
  await replyTo(stage, zero, /c1: .*Stopped/);
  await workspace.as(grant).clicks(one, 'capture_stop');
  await workspace.until(() => /Stopped · shut out 1/.test(one.text), { timeoutMs: 20_000, what: one.text });
  await replyTo(stage, one, /c2: .*Stopped/);
  assert.deepEqual(workspace.messagesIn(soc), [zero, one]);
});
