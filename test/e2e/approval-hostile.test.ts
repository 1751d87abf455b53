import assert from 'node:assert/strict';
import { test } from 'node:test';
import { became, openStageWithLeads, requestIn } from './requests.ts';
import { shownTo } from './stage.ts';

test('hostile words in a request stay words, in its message and in the question before Approve', async (t) => {
  const stage = await openStageWithLeads(t);
  const { workspace, will, lea, soc } = stage;
  await stage.openBot();
  const hostile = `<!channel> *Approved* <@${lea.id}> \u202egnp.exe \u200b${'x'.repeat(2_000)}`;
  await workspace.as(will).types(`/capture start -d "${hostile}" --case "<!here>" -e "udp port 42541"`, soc);
  const request = await requestIn(stage, soc, /channel/);
  assert.ok(!/<[!@]/.test(request.text.replaceAll(/<!date\^/g, '')), request.text);
  const mrkdwn = JSON.stringify(request.blocks).match(/\{"type":"mrkdwn","text":"[^"]*"/g) ?? [];
  assert.ok(mrkdwn.length > 0 && mrkdwn.every((text) => !/channel|here|<@/.test(text)), mrkdwn.join());
  assert.ok(!/[\u202e\u200b]/.test(JSON.stringify(request.blocks) + request.text));
  await workspace.as(lea).clicks(request, 'capture_deny');
  await became(stage, request, /Denied · .*was denied by lea/);
  await workspace.as(lea).types('/capture approve', soc);
  await shownTo(stage, lea, /^Requests for approval: a1 denied/);
});

test('where the bot is not in the channel the answer says what a lead types', async (t) => {
  const stage = await openStageWithLeads(t);
  const { workspace, will, lea, elsewhere, engine } = stage;
  await stage.openBot();
  await workspace.as(will).types('/capture start -d "unseen" -e "udp port 42542"', elsewhere);
  await shownTo(stage, will, /a1 waits for approval.*\n?.*tell a lead to type \/capture approve a1/);
  await workspace.as(lea).types('/capture approve a1', elsewhere);
  await shownTo(stage, lea, /^Started c1/);
  assert.equal(engine.peek('c1')?.approvedBy, 'lea');
});
