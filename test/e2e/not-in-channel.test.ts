import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageIn, openStage, shownTo } from './stage.ts';

test('in a channel without the bot the order is carried out and the person told how to see it there', async (t) => {
  const stage = await openStage(t);
  const { workspace, will, elsewhere, engine } = stage;
  await stage.openBot();
  await workspace.as(will).types('/capture start -d "from elsewhere" -e "udp port 41501"', elsewhere);
  const told = await shownTo(stage, will, /Started c1/);
  assert.match(told.text, /not in this channel.*\/invite @capture/s);
  assert.equal(engine.peek('c1')?.state, 'running');
  assert.deepEqual(workspace.messagesIn(elsewhere), []);

  workspace.faults.inviteBot(elsewhere);
  await workspace.as(will).types('/capture stop c1', elsewhere);
  await messageIn(stage, elsewhere, /Stopped · from elsewhere/);
});
