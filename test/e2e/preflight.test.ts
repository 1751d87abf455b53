import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { writeHistory } from '../../sandbox/ring/history.ts';
import { messageIn, openStage, type Stage, shownTo } from './stage.ts';

const hour = 3_600_000;
const question = /Search all the same\? Nothing is (captured or )?searched yet/;

/** A sensor whose ring is larger than what is searched unasked. */
async function stageWithQuestions(t: TestContext) {
  const stage = await openStage(t, { limits: { search: '1MB' } });
  const to = new Date(Math.floor(Date.now() / 1_000) * 1_000 - 60_000);
  const from = new Date(to.getTime() - 2 * hour);
  const history = await writeHistory({ directory: stage.ring, from, to, files: 4, bytesPerFile: 1 << 19, seed: 7 });
  return { stage, packets: history.shopPackets + history.taggedShopPackets };
}

const outcomes = (stage: Stage) =>
  stage
    .auditLog()
    .filter(({ verb }) => verb === 'search' || verb === 'both')
    .map(({ verb, outcome, analyst }) => `${verb} ${outcome} ${analyst}`);

/** Whether a message only one person sees still has a button. */
const hasButtons = (message: { readonly blocks: readonly object[] }) =>
  JSON.stringify(message.blocks).includes('button');

test('a large search is asked about in Slack, and begins with its button as if typed there, also after a restart', async (t) => {
  const { stage, packets } = await stageWithQuestions(t);
  const { workspace, will, soc, engine } = stage;
  const bot = await stage.startBot();
  await workspace.as(will).types('/capture search -d "<!channel> shop" --since 24h host 192.0.2.7', soc);
  const asked = await shownTo(stage, will, question);
  assert.match(asked.text, /&lt;!channel&gt; shop.*would read 2\.\d MiB of dmz.*not known/);
  assert.ok(hasButtons(asked));
  assert.equal(engine.peek('c1'), undefined);
  assert.deepEqual(outcomes(stage), ['search asked will', 'search invalid will']);

  await bot.kill('SIGKILL');
  await stage.openBot();
  await workspace.as(will).clicks(asked, 'capture_search_all_the_same');
  await workspace.until(() => /^Started c1/.test(asked.text), { timeoutMs: 20_000, what: asked.text });
  assert.ok(!hasButtons(asked), 'the buttons are gone');
  await messageIn(stage, soc, /Searched.* · &lt;!channel&gt; shop/);
  const capture = engine.peek('c1');
  assert.deepEqual([capture?.packets, capture?.channel, capture?.analyst], [packets, soc.id, 'will']);
  assert.deepEqual(outcomes(stage).slice(2), ['search asked will', 'search done will']);
  assert.match(stage.auditLog().at(-1)?.words ?? '', /^\[Search\] \/capture search -d "&lt;!channel&gt; shop"/);
});

test('a click too many begins nothing, and is told so', async (t) => {
  const { stage } = await stageWithQuestions(t);
  const { workspace, will, soc, engine } = stage;
  await stage.openBot();
  await workspace.as(will).types('/capture search -d shop --since 24h host 192.0.2.7', soc);
  const asked = await shownTo(stage, will, question);
  const asShown = { ...asked, blocks: structuredClone(asked.blocks) };
  await workspace.as(will).clicks(asked, 'capture_search_all_the_same');
  await messageIn(stage, soc, /Searched.* · shop/);
  await workspace.as(will).clicks(asShown, 'capture_search_all_the_same');
  await workspace.until(() => /answered already/.test(asShown.text + asked.text), {
    timeoutMs: 20_000,
    what: asked.text,
  });
  assert.equal(engine.peek('c2'), undefined);
});

test('both is asked about before anything is captured, and with Not now nothing ever is', async (t) => {
  const { stage } = await stageWithQuestions(t);
  const { workspace, will, soc, engine } = stage;
  await stage.openBot();
  await workspace.as(will).types('/capture both -d "shop" --since 24h host 192.0.2.7', soc);
  const asked = await shownTo(stage, will, question);
  assert.match(asked.text, /Nothing is captured or searched yet/);
  await workspace.as(will).clicks(asked, 'capture_search_not_now');
  await workspace.until(() => /^Nothing was started or searched: shop/.test(asked.text), {
    timeoutMs: 20_000,
    what: asked.text,
  });
  assert.ok(!hasButtons(asked));
  assert.equal(engine.peek('c1'), undefined);
  assert.deepEqual(outcomes(stage), ['both asked will', 'both invalid will']);
});

test('who types --yes is not asked', async (t) => {
  const { stage } = await stageWithQuestions(t);
  const { workspace, will, soc } = stage;
  await stage.openBot();
  await workspace.as(will).types('/capture search --yes -d shop host 192.0.2.7', soc);
  await messageIn(stage, soc, /Searched.* · shop/);
  assert.ok(!workspace.ephemeralsFor(will.id).some(({ text }) => question.test(text)));
});
