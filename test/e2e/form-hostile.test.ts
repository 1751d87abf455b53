import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formOf, messageIn, openStage, seenIn } from './stage.ts';

test('hostile words in every field of a form stay words', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, soc, engine } = stage;
  await stage.openBot();
  await workspace.as(grant).types('/capture start', soc);
  const view = await formOf(stage, grant);
  await workspace.as(grant).clicks(view, 'form_more');
  await seenIn(stage, view, /"Case"/);
  const fields = ['description', 'address', 'port', 'for', 'max-size', 'packets', 'case'];
  for (const words of [
    '<!channel> <@U1> $(id); -w /etc/x',
    '\u202egnp.exe \u200b\u2066 x',
    'x'.repeat(2_900),
    'line\nline\r\n<!here>',
    '-i any --keep',
  ]) {
    await workspace.as(grant).submits(view, Object.fromEntries(fields.map((field) => [field, words])));
    await seenIn(stage, view, /is not a (?:duration|size|number)|neither an address/);
  }
  assert.deepEqual(await stage.engine.list({ all: true }, stage.lead), []);

  const good = { address: '127.0.0[.]1', port: '41761', for: '2h', 'max-size': '1MB', packets: '9' };
  const description = '<!channel> \u202egnp.exe\n--keep -i any';
  await workspace.as(grant).submits(view, { ...good, description, case: `-a will ${'x'.repeat(200)}` });
  const message = await messageIn(stage, soc, /Capturing/);
  const capture = engine.peek('c1');
  assert.equal(capture?.description, '<!channel> gnp.exe\n--keep -i any');
  assert.equal(capture?.case, `-a will ${'x'.repeat(200)}`);
  assert.equal(capture?.analyst, 'grant');
  assert.equal(capture?.keep, false);
  assert.equal(capture?.expression, 'host 127.0.0.1 and port 41761');
  assert.ok(!/<!channel>/.test(message.text));
});

test('an alert of a bot is read wherever its words are', async (t) => {
  const stage = await openStage(t);
  const { workspace, will, alertbot, soc } = stage;
  await stage.openBot();
  const alert = workspace.as(alertbot).says(`${'<!channel> \u202e\u200b'.repeat(300)} 203.0.113.9`, soc);
  alert.blocks = [{ type: 'section', text: { type: 'mrkdwn', text: 'seen *198.51.100[.]7:8443*' } }];
  await workspace.as(will).messageShortcut('capture_from_message', alert);
  const view = await formOf(stage, will);
  await seenIn(stage, view, /198\.51\.100\.7/);
  await seenIn(stage, view, /port 8443/);
});
