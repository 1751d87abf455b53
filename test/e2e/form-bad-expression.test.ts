import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formOf, messageIn, openStage, seenIn, shownTo } from './stage.ts';

test('a form with a bad expression keeps what was typed and says libpcap’s words', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, soc, engine } = stage;
  await stage.openBot();
  await workspace.as(grant).types('/capture start -e "port 99999"', soc);
  const view = await formOf(stage, grant);
  assert.match(JSON.stringify(view.blocks), /"initial_value":"port 99999"/);
  await workspace.as(grant).submits(view, { description: 'odd <!channel> words' });
  await seenIn(stage, view, /illegal port number 99999/);
  assert.match(JSON.stringify([view.values, view.blocks]), /odd <!channel> words/);
  assert.equal(engine.peek('c1'), undefined);

  await workspace.as(grant).submits(view, { description: 'odd <!channel> words', expression: 'udp port 41701' });
  await messageIn(stage, soc, /Capturing · odd &lt;!channel&gt; words/);
  const words = "/capture start -d 'odd <!channel> words' -e 'udp port 41701'";
  const told = await shownTo(stage, grant, /Started c1/);
  assert.ok(JSON.stringify(told.blocks).includes(`Understood as: ${words}`));
  const log = stage.auditLog().filter(({ verb }) => verb === 'start');
  assert.deepEqual(
    log.map(({ outcome }) => outcome),
    ['asked', 'invalid', 'asked', 'done'],
  );
  assert.equal(log.at(-2)?.words, words);
});

test('what else is wrong is said under the field that it is about, with what to write there', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, will, soc } = stage;
  await stage.openBot();
  await workspace.as(will).types('/capture start', soc);
  const view = await formOf(stage, will);
  await workspace.as(will).clicks(view, 'form_more');
  await seenIn(stage, view, /How long at most/);
  const filled = { description: 'x', address: '192.0.2.7', for: 'soon', 'max-size': '5 apples', packets: 'few' };
  await workspace.as(will).submits(view, filled);
  await seenIn(
    stage,
    view,
    /"'soon' is not a duration: write 2h, 30m or 7d.*"'5 apples' is not a size: write 1GB or.*"'few' is not a number: write 1000/s,
  );
  await workspace
    .as(will)
    .submits(view, { address: 'shop.example', port: 'ssh', for: '2h', 'max-size': '', packets: '' });
  await seenIn(stage, view, /'shop.example' is neither an address nor a net.*'ssh' is not a port/s);
  await workspace.as(will).submits(view, { address: '192.0.2.7', port: '', for: '999d' });
  await seenIn(stage, view, /only a lead may capture for longer than 1d \(limits\.duration\)/);
  assert.deepEqual(await stage.engine.list({ all: true }, stage.lead), []);

  await workspace.as(grant).types('/capture search --ring nope port 53', soc);
  const other = await formOf(stage, grant);
  await seenIn(stage, other, /Also: --ring nope/);
  await workspace.as(grant).submits(other, { description: 'x' });
  await seenIn(stage, other, /there is no ring nope here/);
});
