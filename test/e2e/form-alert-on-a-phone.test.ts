import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formOf, messageIn, openStage, seenIn } from './stage.ts';

test('a capture is started from an alert on a phone, in two taps', async (t) => {
  const stage = await openStage(t);
  const { workspace, alertbot, will, soc, engine } = stage;
  await stage.openBot();
  const alert = workspace
    .as(alertbot)
    .says(
      'Beacon to 203.0.113[.]9\nfrom 10.0.0.5 to hxxp://203.0.113[.]9:4444/x, once evil[.]example, at 02:10:05, agent 1.2.3.4.5',
      soc,
    );
  assert.equal((await workspace.as(will).messageShortcut('capture_from_message', alert)).outcome, 'acked');
  const view = await formOf(stage, will);
  const seen = JSON.stringify(view.blocks);
  for (const says of ['203.0.113.9 · documentation', '10.0.0.5 · private', 'port 4444', 'host 203.0.113.9'])
    assert.ok(seen.includes(says), says);
  assert.ok(!seen.includes('1.2.3.4'));
  assert.match(seen, /Left out: evil\.example\. Host names are not looked up/);

  await workspace.as(will).submits(view);
  const message = await messageIn(stage, soc, /Capturing · Beacon to 203\.0\.113\[\.\]9/);
  assert.equal(message.channel, soc.id);
  assert.equal(engine.peek('c1')?.expression, 'host 203.0.113.9');
  assert.equal(engine.peek('c1')?.analyst, 'will');
  assert.deepEqual(workspace.viewsFor(will.id), []);
});

test('each indicator of an alert can be chosen, and what they mean together is shown', async (t) => {
  const stage = await openStage(t);
  const { workspace, alertbot, will, soc, engine } = stage;
  await stage.openBot();
  const many = Array.from({ length: 30 }, (_, at) => `8.8.4.${at + 1}`).join(', ');
  const alert = workspace.as(alertbot).says(`scan from 10.0.0.5, evil[.]example, port 41711: ${many}`, soc);
  await workspace.as(will).messageShortcut('capture_from_message', alert);
  const view = await formOf(stage, will);
  assert.match(JSON.stringify(view.blocks), /multi_static_select/);
  const picked = ['host 10.0.0.5', 'host 8.8.4.30', 'port 41711'];
  await workspace.as(will).clicks(view, 'form_picked', picked);
  const together = '(host 10.0.0.5 or host 8.8.4.30) and port 41711';
  await workspace.until(() =>
    JSON.stringify(view.blocks.find(({ block_id }) => block_id === 'meaning')).includes(together),
  );
  assert.match(JSON.stringify(view.blocks), /Left out: evil\.example/);

  await workspace.as(will).clicks(view, 'form_write');
  await workspace.until(() => JSON.stringify(view.blocks).includes(`"initial_value":"${together}"`));
  await workspace.as(will).submits(view, { expression: 'udp port 41711' });
  await messageIn(stage, soc, /Capturing · scan from 10.0.0.5/);
  assert.equal(engine.peek('c1')?.expression, 'udp port 41711');
});

test('an alert that names nothing leads to the form all the same', async (t) => {
  const stage = await openStage(t);
  const { workspace, alertbot, will, soc } = stage;
  await stage.openBot();
  await workspace.as(will).messageShortcut('capture_from_message', workspace.as(alertbot).says('disk is full', soc));
  const view = await formOf(stage, will);
  await seenIn(stage, view, /"initial_value":"disk is full".*"Address"/s);
});
