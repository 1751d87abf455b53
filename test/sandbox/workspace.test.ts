import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stageWith } from './workspace-app.ts';

test('a slash command is acknowledged and its reply is seen by the person who typed it only', async () => {
  const { workspace, soc, stop } = await stageWith((app) => {
    app.command('/capture', async ({ command, ack }) => ack(`you said ${command.text} in ${command.channel_name}`));
  });
  const outcome = await workspace.as('grant').types('/capture list', soc);
  assert.equal(outcome.outcome, 'acked');
  assert.deepEqual(
    workspace.ephemeralsFor('grant').map(({ text, from }) => ({ text, from })),
    [{ text: 'you said list in soc', from: 'ack' }],
  );
  assert.deepEqual(workspace.ephemeralsFor('will'), []);
  await stop();
});
