import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formOf, openStage } from './stage.ts';

test('clicks that follow each other faster than Slack shows them all count', async (t) => {
  const stage = await openStage(t);
  const { workspace, alertbot, will, soc } = stage;
  await stage.openBot();
  const alert = workspace.as(alertbot).says('scan: 8.8.8.8, 8.8.4.4 and 9.9.9.9', soc);
  await workspace.as(will).messageShortcut('capture_from_message', alert);
  const view = await formOf(stage, will);
  workspace.faults.delay('views.update', 300);
  const click = (action: string, value?: readonly string[]) => workspace.as(will).clicks(view, action, value);
  await Promise.all([
    click('form_more'),
    click('form_picked', ['host 8.8.8.8']),
    click('form_picked', ['host 8.8.8.8', 'host 9.9.9.9']),
  ]);
  const shown = () => JSON.stringify(view.blocks.find(({ block_id }) => block_id === 'meaning'));
  await workspace.until(() => shown().includes('host 8.8.8.8 or host 9.9.9.9'), { timeoutMs: 20_000, what: shown() });
  assert.match(JSON.stringify(view.blocks), /How long at most/);
});
