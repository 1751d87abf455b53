import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageIn, openStage, replyTo } from './stage.ts';

test('a capture that was started in a direct message is stopped from its thread, without its id, and nothing is said twice', async (t) => {
  const stage = await openStage(t);
  const { workspace, will, engine } = stage;
  await stage.openBot();
  const alone = { id: workspace.dmWith(will).id };
  await workspace.as(will).dms('Start –d “from afar & home” udp port 42801');
  await messageIn(stage, alone, /^Started c1/);
  const main = await messageIn(stage, alone, /Capturing · from afar &amp; home/);
  assert.equal(engine.peek('c1')?.orderedBy, 'will');
  assert.equal(
    stage.auditLog().find(({ verb }) => verb === 'start')?.words,
    'Start –d “from afar & home” udp port 42801',
  );

  await workspace.as(will).dms('@capture stop', main.ts);
  await replyTo(stage, main, /^Stopped: c1/);
  assert.equal(engine.peek('c1')?.state, 'stopped');
  await workspace.as(will).dms('show', main.ts);
  await replyTo(stage, main, /Stopped · from afar/);
  const stops = stage.auditLog().filter(({ verb, outcome }) => verb === 'stop' && outcome === 'asked');
  assert.equal(stops.length, 1);
  const answers = workspace.threadOf(alone.id, main.ts).filter(({ text }) => /^Stopped: c1/.test(text));
  assert.equal(answers.length, 1);
});

test('who only greets the bot, or names it in a direct message, gets the menu', async (t) => {
  const stage = await openStage(t);
  const { workspace, will } = stage;
  await stage.openBot();
  const alone = workspace.dmWith(will).id;
  const menus = () => workspace.messagesIn(alone).filter(({ text }) => /^What do you want to do/.test(text)).length;
  for (const [at, words] of ['hi', '@capture', '/capture', 'Hello!'].entries()) {
    await workspace.as(will).dms(words);
    await workspace.until(() => menus() === at + 1, { timeoutMs: 20_000, what: `a menu after ${words}` });
  }
  assert.equal(workspace.messagesIn(alone).length, 8);
});

test('in a direct message the command’s name may be said, help is the help, and a slip is told', async (t) => {
  const stage = await openStage(t);
  const { workspace, will } = stage;
  await stage.openBot();
  const alone = { id: workspace.dmWith(will).id };
  const told = () => workspace.messagesIn(alone.id).filter(({ user }) => user !== will.id);
  for (const [words, answer] of [
    ['/capture list', /^Nothing runs/],
    ['Capture list', /^Nothing runs/],
    ['help', /^How to use capture/],
    ['/capture help', /^How to use capture/],
    ['help stop', /^How to use capture/],
    ['capture lsit --all', /did you mean list --all\?/],
    ['captured what?', /there is no verb 'captured'/],
  ] as const) {
    const before = told().length;
    await workspace.as(will).dms(words);
    const shown = await workspace.until(() => told()[before], { timeoutMs: 20_000, what: `an answer to ${words}` });
    assert.match(shown.text, answer, words);
    if (words === 'help stop') assert.match(JSON.stringify(shown.blocks), /SELECTOR \| --all/);
  }
});
