import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { writeHistory } from '../../sandbox/ring/history.ts';
import { messageIn, openStage, replyTo, shownTo } from './stage.ts';

const hour = 3_600_000;
/** Everything, and left to tcpdump: a person has time to click, however fast a scan is. */
const slow = 'greater 0 or ip6 protochain 17';

/** A ring of the last two hours. */
async function filledRing(directory: string, files: number, bytesPerFile: number) {
  const to = new Date(Math.floor(Date.now() / 1_000) * 1_000 - 60_000);
  return writeHistory({ directory, from: new Date(to.getTime() - 2 * hour), to, files, bytesPerFile, seed: 7 });
}

test('a search of the past has one message, its progress in the thread, and the very packets that tcpdump selects', async (t) => {
  const stage = await openStage(t);
  const { workspace, will, soc, engine } = stage;
  const history = await filledRing(stage.ring, 12, 1 << 20);
  await stage.openBot();
  await workspace.as(will).types('/capture search -d "shop, today" --since 24h host 192.0.2.7', soc);
  await shownTo(stage, will, /Started c1/);
  const message = await messageIn(stage, soc, /Searched.* · shop, today/);
  const reply = await replyTo(stage, message, /c1: .*Searched/);
  const capture = engine.peek('c1');
  // The ring holds tags: what stands behind them is found as well.
  const packets = history.shopPackets + history.taggedShopPackets;
  assert.equal(capture?.packets, packets);
  assert.ok(JSON.stringify(reply.blocks).includes(capture?.sha256 ?? 'no digest'));
  const told = workspace.threadOf(soc, message.ts).map(({ text }) => /^.. (c1: |1 warning about c1)/u.exec(text)?.[1]);
  assert.deepEqual(told.sort(), ['1 warning about c1', 'c1: ']);
  const merged = execFileSync('tcpdump', ['-nnttr', capture?.path ?? '', '--count'], {
    encoding: 'utf8',
    stdio: 'pipe',
  });
  assert.match(merged, new RegExp(`^${packets} packet`));
});

test('a search is cancelled with its button, and what it found is kept', async (t) => {
  const stage = await openStage(t);
  const { workspace, will, soc, engine } = stage;
  await filledRing(stage.ring, 60, 4 << 20);
  await stage.openBot();
  await workspace.as(will).types(`/capture search -d "all of it" -e "${slow}"`, soc);
  const message = await messageIn(stage, soc, /Searching/);
  await replyTo(stage, message, /c1: .*Searching/);
  await workspace.as(will).clicks(message, 'capture_cancel');
  await workspace.until(() => /Search cancelled/.test(message.text), { timeoutMs: 20_000, what: message.text });
  await replyTo(stage, message, /c1: .*Search cancelled/);
  const capture = engine.peek('c1');
  assert.equal(capture?.state, 'cancelled');
  assert.equal(capture?.why, 'stopped by will');
  assert.ok((capture?.facts?.packets ?? 0) > 0);
});
