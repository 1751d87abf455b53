import assert from 'node:assert/strict';
import { test } from 'node:test';
import { capture } from '../cli/shell.ts';
import { became, openStageWithLeads, requestIn } from './requests.ts';
import { replyTo, shownTo } from './stage.ts';

test('what is asked for in a shell comes before the leads in the first channel, and is approved there, though the bot was away', async (t) => {
  const stage = await openStageWithLeads(t);
  const { workspace, will, lea, soc, engine, directory } = stage;
  const shell = (...words: string[]) =>
    capture(words, { CAPTURE_CONFIG: `${directory}/capture.yml`, SUDO_USER: 'will' });
  const ask = (description: string) => shell('start', '-d', description, '-e', 'udp port 42595');
  const bot = await stage.startBot();
  assert.equal((await ask('while it is there')).code, 75);
  const first = await requestIn(stage, soc, /while it is there/);
  assert.match(first.text, /\(a1, will\).*it is on lo \(approval\.interfaces\)/);
  await bot.kill('SIGTERM');

  assert.equal((await ask('while it is away')).code, 75);
  assert.equal((await ask('and taken back')).code, 75);
  assert.equal((await shell('deny', 'a3')).code, 0);
  await stage.openBot();
  const second = await requestIn(stage, soc, /while it is away/);
  await workspace.as(lea).clicks(second, 'capture_approve');
  await became(stage, second, /was approved by lea and started as c1/);
  await shownTo(stage, lea, /^Started c1/);
  const told = await replyTo(stage, second, /a2 was approved by lea/);
  assert.match(JSON.stringify(told.blocks), new RegExp(`"user_id":"${will.id}"`));
  assert.deepEqual([engine.peek('c1')?.analyst, engine.peek('c1')?.approvedBy], ['will', 'lea']);

  await workspace.as(lea).clicks(first, 'capture_deny');
  await became(stage, first, /was denied by lea/);
  assert.deepEqual(
    workspace.messagesIn(soc),
    [first, second],
    'what was over before anybody was shown it is not shown',
  );
});
