import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeHistory } from '../../sandbox/ring/history.ts';
import { messageIn, openStage, replyTo, shownTo } from './stage.ts';

const hour = 3_600_000;

test('both that is joined has a message of its own for that, once the live capture is stopped', async (t) => {
  const stage = await openStage(t);
  const { workspace, will, soc, engine } = stage;
  const to = new Date(Math.floor(Date.now() / 1_000) * 1_000 - 60_000);
  const from = new Date(to.getTime() - 2 * hour);
  await writeHistory({ directory: stage.ring, from, to, files: 4, bytesPerFile: 1 << 18, seed: 7 });
  await stage.openBot();
  await workspace.as(will).types('/capture both -d "shop" --since 24h --join host 192.0.2.7', soc);
  const found = await messageIn(stage, soc, /Searched.* · shop/);
  assert.match(JSON.stringify(found), /Join: joined with the others of its order once all have ended/);
  await workspace.as(will).types('/capture stop c1', soc);
  await messageIn(stage, soc, /Joined, .* · shop/);
  assert.equal(engine.peek('c3')?.packets, engine.peek('c2')?.packets);
});

test('both has a message for what runs and one for what is searched, which says where the two meet', async (t) => {
  const stage = await openStage(t);
  const { workspace, will, soc, engine } = stage;
  const to = new Date(Math.floor(Date.now() / 1_000) * 1_000 - 60_000);
  const from = new Date(to.getTime() - 2 * hour);
  const history = await writeHistory({ directory: stage.ring, from, to, files: 4, bytesPerFile: 1 << 18, seed: 7 });
  await stage.openBot();
  await workspace.as(will).types('/capture both -d "shop" --since 24h host 192.0.2.7', soc);
  await shownTo(stage, will, /Started c1/);
  await messageIn(stage, soc, /Capturing.* · shop/);
  const found = await messageIn(stage, soc, /Searched.* · shop/);
  await replyTo(stage, found, /up to the live capture c1: no packet was seen by both/);
  assert.equal(engine.peek('c1')?.state, 'running');
  assert.equal(engine.peek('c2')?.packets, history.shopPackets + history.taggedShopPackets);
});
