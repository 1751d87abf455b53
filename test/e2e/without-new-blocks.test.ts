import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeHistory } from '../../sandbox/ring/history.ts';
import { messageIn, openStage, replyTo, type Stage } from './stage.ts';

/** A ring of the last hour. */
async function fillRing({ ring }: Stage): Promise<void> {
  const to = new Date(Math.floor(Date.now() / 1_000) * 1_000 - 60_000);
  const from = new Date(to.getTime() - 3_600_000);
  await writeHistory({ directory: ring, from, to, files: 6, bytesPerFile: 1 << 18, seed: 7 });
}

const kinds = ({ blocks }: { readonly blocks: readonly { readonly type: string }[] }) => blocks.map(({ type }) => type);

test('a search is a plan of steps where Slack takes one, and the same in rows where it does not', async (t) => {
  const stage = await openStage(t);
  const { workspace, will, soc } = stage;
  await fillRing(stage);
  await stage.openBot();
  await workspace.as(will).types('/capture search -d "with steps" host 192.0.2.7', soc);
  const planned = await replyTo(stage, await messageIn(stage, soc, /Searched.* · with steps/), /c1: .*Searched/);
  assert.equal(kinds(planned)[0], 'plan');
  assert.match(JSON.stringify(planned.blocks), /"status":"complete"/);
  assert.doesNotMatch(JSON.stringify(planned.blocks), /"status":"(pending|in_progress|error)"/);

  workspace.state.newBlocks = false;
  const refusals = () => workspace.calls().filter(({ answer }) => answer.error === 'invalid_blocks').length;
  for (const id of ['c2', 'c3']) {
    await workspace.as(will).types(`/capture search -d "in rows ${id}" host 192.0.2.7`, soc);
    const message = await messageIn(stage, soc, new RegExp(`Searched.* · in rows ${id}`));
    const told = await replyTo(stage, message, new RegExp(`${id}: .*Searched`));
    assert.ok(kinds(told).length > 1 && !kinds(told).includes('plan'), 'every word in blocks of before');
    assert.match(JSON.stringify(told.blocks), /SHA-256.*scp /);
  }
  assert.equal(refusals(), 1, 'Slack is not asked again with each edit');
});
