import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeHistory } from '../../sandbox/ring/history.ts';
import { capture } from '../cli/shell.ts';
import { became, openStageWithLeads, requestIn } from './requests.ts';
import { messageIn, openStage, shownTo } from './stage.ts';

test('what was asked in Slack is approved at the shell, and what was asked at the shell in Slack', async (t) => {
  const stage = await openStageWithLeads(t);
  const { workspace, will, lea, soc, engine, directory } = stage;
  await stage.openBot();
  const shell = (login: string, ...words: string[]) =>
    capture(words, { CAPTURE_CONFIG: `${directory}/capture.yml`, SUDO_USER: login });

  await workspace.as(will).types('/capture start -d "from Slack" -e "udp port 42531"', soc);
  const request = await requestIn(stage, soc, /from Slack/);
  const own = await shell('will', 'approve', 'a1');
  assert.deepEqual([own.code, own.out], [77, '']);
  assert.match(own.err, /a second person approves it, and a1 is will's: ask a lead other than will/);
  const approved = await shell('lea', 'approve', 'a1');
  assert.equal(approved.code, 0, approved.err);
  assert.match(approved.out, /^Started: will_from.Slack_.*\.pcap\n$/);
  await became(stage, request, /was approved by lea and started as c1/);
  await messageIn(stage, soc, /Capturing · from Slack/);

  const asked = await shell('will', 'start', '-d', 'from the shell', '-e', 'udp port 42532');
  assert.equal(asked.code, 75);
  assert.match(asked.out, /^Waits: a2 waits for the approval of a second person until .* UTC: it is on lo/);
  assert.match(asked.err, /Nothing runs yet: a lead other than will starts it with capture approve a2/);
  await workspace.as(lea).types('/capture list', soc);
  await shownTo(stage, lea, /Waiting for approval: a2/);
  await workspace.as(lea).types('/capture approve A2', soc);
  await shownTo(stage, lea, /^Started c2/);
  assert.deepEqual(
    [engine.peek('c2')?.analyst, engine.peek('c2')?.approvedBy, engine.peek('c2')?.channel],
    ['will', 'lea', null],
  );
});

test('both is first asked how much it may read, then waits for a second person, and searches as it was confirmed', async (t) => {
  const stage = await openStage(t, {
    limits: { search: '1MB' },
    approval: { duration: '8h' },
    analysts: [{ name: 'lea', role: 'lead', slack: 'U024BE7LA' }],
  });
  const { workspace, will, soc, engine } = stage;
  const lea = workspace.addUser({ name: 'lea', id: 'U024BE7LA' });
  const to = new Date(Math.floor(Date.now() / 1_000) * 1_000 - 60_000);
  const from = new Date(to.getTime() - 7_200_000);
  await writeHistory({ directory: stage.ring, from, to, files: 4, bytesPerFile: 1 << 19, seed: 7 });
  await stage.openBot();
  await workspace.as(will).types('/capture both -d "shop" --since 24h host 192.0.2.7', soc);
  const question = await shownTo(stage, will, /Search all the same\?/);
  assert.deepEqual(engine.waiting(), []);
  await workspace.as(will).clicks(question, 'capture_search_all_the_same');
  await workspace.until(() => /a1 waits for approval: nothing runs yet/.test(question.text));
  assert.equal(engine.peek('c1'), undefined);
  const request = await requestIn(stage, soc, /shop/);
  assert.match(JSON.stringify(request.blocks), /and a search of what the ring holds from before/);
  await workspace.as(lea).clicks(request, 'capture_approve');
  await messageIn(stage, soc, /Capturing · shop/);
  await messageIn(stage, soc, /(Searching|Searched|Starting a search).* · shop/);
  assert.deepEqual([engine.peek('c1')?.approvedBy, engine.peek('c2')?.approvedBy], ['lea', null]);
  await workspace.as(will).types('/capture stop c2', soc);
});
