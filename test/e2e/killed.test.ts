import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeHistory } from '../../sandbox/ring/history.ts';
import { until } from '../capture/wait.ts';
import { supervisorsOf } from '../faults/killing/installation.ts';
import { messageIn, openStage, replyTo, sendDatagrams, shownTo } from './stage.ts';

test('a bot that is killed leaves its captures running, and when it is back it draws the same messages', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, soc, engine } = stage;
  const first = await stage.startBot();
  const port = 41_401;
  await workspace.as(grant).types(`/capture start -d "outlives the bot" -e "udp port ${port}"`, soc);
  const message = await messageIn(stage, soc, /Capturing · outlives the bot/);
  await shownTo(stage, grant, /Started c1/);
  await sendDatagrams(port, 11);
  await first.kill('SIGKILL');
  await sendDatagrams(port, 12);
  assert.equal(engine.peek('c1')?.state, 'running');

  await stage.startBot();
  await sendDatagrams(port, 13);
  await workspace.as(grant).clicks(message, 'capture_stop');
  await workspace.until(() => /Stopped/.test(message.text), { timeoutMs: 20_000, what: message.text });
  await replyTo(stage, message, /c1: .*Stopped/);
  assert.equal(engine.peek('c1')?.facts?.packets, 36);
  assert.equal(workspace.messagesIn(soc).length, 1);
});

test('what ended while the bot was gone is told when it is back', async (t) => {
  const stage = await openStage(t);
  const { workspace, will, soc, engine } = stage;
  const first = await stage.startBot();
  await workspace.as(will).types('/capture start -d "ends alone" -e "udp port 41402"', soc);
  const message = await messageIn(stage, soc, /Capturing · ends alone/);
  await shownTo(stage, will, /Started c1/);
  await first.kill('SIGKILL');
  await engine.stop('c1', { ...stage.lead, words: 'capture stop c1' });

  await stage.startBot();
  await workspace.until(() => /Stopped · ends alone/.test(message.text), { timeoutMs: 20_000, what: message.text });
  await replyTo(stage, message, /c1: .*Stopped \(stopped by grant\)/);
  assert.equal(workspace.messagesIn(soc).length, 1);
});

test('a bot that is asked to stop says so within its time, leaves captures running, and somebody who looks after them', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, soc, engine } = stage;
  const bot = await stage.startBot();
  await workspace.as(grant).types('/capture start -d "goes on" -e "udp port 41403"', soc);
  await messageIn(stage, soc, /Capturing · goes on/);
  assert.equal(await bot.kill('SIGTERM'), 0);
  const file = join(stage.directory, 'capture.yml');
  await until('somebody to look after it', () => supervisorsOf(file).length === 1);
  assert.match(bot.lines.at(-1) ?? '', /capture bot stopped/);
  assert.equal(engine.peek('c1')?.state, 'running');
  assert.equal(workspace.connections(), 0);
});

test('a search ends with its bot: told to stop, the bot keeps and tells what was found; killed, its heir tells that it died', async (t) => {
  const stage = await openStage(t);
  const { workspace, will, soc } = stage;
  const to = new Date();
  const from = new Date(to.getTime() - 3_600_000);
  await writeHistory({ directory: stage.ring, from, to, files: 60, bytesPerFile: 4 << 20, seed: 7 });
  // What they search for is everything, and left to tcpdump: it is not found before they end, however fast a scan is.
  for (const [signal, fate] of [
    ['SIGTERM', /Search cancelled.* · by SIGTERM/],
    ['SIGKILL', /Search died.* · by SIGKILL/],
  ] as const) {
    const bot = await stage.startBot();
    await workspace.as(will).types(`/capture search -d "by ${signal}" -e "greater 0 or ip6 protochain 17"`, soc);
    const message = await messageIn(stage, soc, new RegExp(`Searching.* · by ${signal}`));
    await replyTo(stage, message, /Searching/);
    await shownTo(stage, will, /Started/);
    assert.equal(await bot.kill(signal), signal === 'SIGTERM' ? 0 : null, bot.lines.join('\n'));
    if (signal === 'SIGKILL') await stage.startBot();
    await workspace.until(() => fate.test(message.text), {
      timeoutMs: 20_000,
      what: `${fate} after ${bot.lines.join('\n')}`,
    });
    workspace.state.ephemerals.length = 0;
  }
  assert.match(stage.engine.peek('c2')?.why ?? '', /^the bot that searched was interrupted .*Order the search again/);
  const alone = { id: workspace.dmWith(will).id };
  const told = await messageIn(stage, alone, /Search died.* · by SIGKILL/);
  assert.match(JSON.stringify(told.blocks), /To search again: .*\/capture search -d 'by SIGKILL' -e /);
});
