import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageIn, openStage, shownTo } from './stage.ts';

test('in a thread that is about no capture an id is asked for, and never guessed', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, will, maria, soc, engine } = stage;
  await stage.openBot();
  await workspace.as(grant).types('/capture start -d "alone here" -e "udp port 42806"', soc);
  await messageIn(stage, soc, /Capturing · alone here/);
  const alert = workspace.as(maria).says('beacon seen at 192.0.2.7', soc);
  workspace.state.ephemerals.length = 0;
  for (const [words, answer] of [
    ['stop', /stop needs an id or a word: write @capture stop ID/],
    ['extend', /extend needs the id of a capture.*write @capture extend ID --for 2h/],
    ['show', /show needs the id of a capture.*write @capture show ID/],
    ['strat -d x', /did you mean @capture start -d x\?/],
    ['stpo c3', /did you mean @capture stop c3\?/],
    ['start --fro 2h', /@capture help start|did you mean --for/],
    ['hello?', /there is no verb/],
    ['', /What do you want to do/],
    ['stop c1', /Not allowed|not allowed|lead/],
  ] as const) {
    await workspace.as(will).mentions(words, soc, alert.ts);
    const shown = await shownTo(stage, will, answer);
    assert.equal(shown.threadTs, alert.ts);
    // Slack takes no slash command in a thread.
    assert.ok(words === '' || !shown.text.includes('/capture'));
    workspace.state.ephemerals.length = 0;
  }
  assert.equal(engine.peek('c1')?.state, 'running');

  await workspace.as(will).mentions('thanks @capture, now stop c1', soc, alert.ts);
  await shownTo(stage, will, /begins with my name: write @capture help/);
  assert.deepEqual(workspace.ephemeralsFor(maria), []);
  assert.equal(
    workspace.threadOf(soc, alert.ts).every(({ botId }) => botId === undefined),
    true,
  );
});
