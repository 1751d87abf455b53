import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageIn, openStage, shownTo } from './stage.ts';

test('in the thread of a capture no id is needed, and who writes sees the answer alone, in that thread', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, soc, engine } = stage;
  await stage.openBot();
  await workspace.as(grant).types('/capture start -d "one" -e "udp port 42803"', soc);
  const main = await messageIn(stage, soc, /Capturing · one/);
  await workspace.as(grant).types('/capture start -d "another" -e "udp port 42804"', soc);
  await messageIn(stage, soc, /Capturing · another/);
  const before = engine.peek('c1')?.limits.deadline ?? 0;
  workspace.state.ephemerals.length = 0;
  for (const [words, answer, understood] of [
    ['', /Capturing · one/, null],
    ['show', /Capturing · one/, 'show c1'],
    ['extend --for 2h', /Capturing · one/, 'extend --for 2h c1'],
    ['keep', /Capturing · one/, 'keep c1'],
    ['show c2', /Capturing · another/, 'show c2'],
    ['stop', /Stopped: c1/, 'stop c1'],
    ['get', /How to fetch c1/, 'get c1'],
    ['verify', /1 savefile: 1 holds/, 'verify c1'],
    ['list', /1 capture runs: c2/, null],
  ] as const) {
    await workspace.as(grant).mentions(words, soc, main.ts);
    const shown = await shownTo(stage, grant, answer);
    assert.equal(shown.threadTs, main.ts);
    const blocks = JSON.stringify(shown.blocks);
    if (understood === null) assert.doesNotMatch(blocks, /Understood as/);
    else assert.ok(blocks.includes(`Understood as: @capture ${understood}`), `${understood} in ${blocks}`);
    if (words === '') assert.match(blocks, /capture_stop.*capture_extend/);
    workspace.state.ephemerals.length = 0;
  }
  assert.equal(engine.peek('c1')?.state, 'stopped');
  assert.equal(engine.peek('c1')?.limits.deadline, before + 2 * 3_600_000);
  assert.equal(engine.peek('c2')?.state, 'running');
  const stop = stage.auditLog().find(({ verb, outcome }) => verb === 'stop' && outcome === 'asked');
  assert.equal(stop?.words, '@capture stop');
});
