import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { messageIn, openStage, replyTo } from './stage.ts';

test('a capture whose tcpdump dies is told in its message, in its thread, in the channel and to who ordered it', async (t) => {
  const stage = await openStage(t);
  const { workspace, will, soc, engine } = stage;
  await stage.openBot();
  await workspace.as(will).types('/capture start -d "dies at night" -e "udp port 41701"', soc);
  const message = await messageIn(stage, soc, /Capturing · dies at night/);
  process.kill(tcpdumpWriting(engine.peek('c1')?.path), 'SIGKILL');
  await workspace.until(() => /Died · dies at night/.test(message.text), { timeoutMs: 20_000, what: message.text });
  const reply = await replyTo(stage, message, /c1: .*Died/);
  assert.equal(reply.broadcast, true);
  assert.equal(engine.peek('c1')?.state, 'died');
  const direct = () =>
    workspace.messagesIn(workspace.dmWith(will)).find(({ text }) => /Died · dies at night/.test(text));
  await workspace.until(direct, { timeoutMs: 20_000 });
});

function tcpdumpWriting(savefile = 'none'): number {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const pid = pids.find((each) => cmdline(each).split('\0').includes(savefile));
  if (pid === undefined) throw new Error(`no process writes ${savefile}`);
  return Number(pid);
}

function cmdline(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    // It ended between the two looks.
    return '';
  }
}
