import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../capture/wait.ts';
import { capture } from '../cli/shell.ts';
import { bringNear, hasButtons } from './deadline.ts';
import { requestIn } from './requests.ts';
import { messageIn, openStage, replyTo } from './stage.ts';

const hour = 3_600_000;
const basePort = 42_720;

test('after an hour without Slack every message is true, there once, and nobody is asked what has lapsed', async (t) => {
  let ahead = 0;
  const now = () => Date.now() + ahead;
  const approval = { everything: true, for: '30m' };
  const stage = await openStage(t, { approval, limits: { perAnalyst: 50 }, now });
  const { workspace, grant, will, soc, engine } = stage;
  await stage.openBot();
  const shell = (...words: string[]) =>
    capture(words, { CAPTURE_CONFIG: `${stage.directory}/capture.yml`, SUDO_USER: 'will' });
  const begin = async (description: string, offset: number, limit = '') => {
    const words = `/capture start ${limit} -d "${description}" -e "udp port ${basePort + offset}"`;
    await workspace.as(will).types(words, soc);
    return messageIn(stage, soc, new RegExp(`Capturing · ${description}`));
  };
  const over = await begin('asked and over', 0, '--for 30m');
  const unasked = await begin('over unasked', 1, '--for 40m');
  const extended = await begin('extended meanwhile', 2, '--for 50m');
  const stopped = await begin('stopped meanwhile', 3);
  const lasting = await begin('goes on', 4);
  await workspace.as(will).types('/capture start -d "asked before" -e "ip or not ip"', soc);
  const request = await requestIn(stage, soc, /asked before/);
  for (const id of ['c1', 'c3']) bringNear(stage, id);
  const question = await replyTo(stage, over, /Ends soon: go on\?/);
  const answered = await replyTo(stage, extended, /Ends soon: go on\?/);
  const before = workspace.messagesIn(soc);

  await workspace.faults.goAway();
  assert.equal((await shell('start', '-d', 'asked meanwhile', '-e', 'ip or not ip')).code, 75);
  const begun = await shell('start', '-d', 'begun meanwhile', '-e', `udp port ${basePort + 5}`);
  assert.equal(begun.code, 0, begun.err);
  assert.equal((await shell('extend', 'c3', '--for', '2h')).code, 0);
  await engine.stop('c4', { ...stage.lead, words: 'capture stop c4' });
  ahead += hour;
  for (const id of ['c1', 'c2']) await until(`${id} to be over`, () => engine.peek(id)?.state === 'finished', 20_000);
  const lapsed = () => ['a1', 'a2'].every((id) => engine.peekRequest(id)?.state === 'expired');
  await until('both requests to expire', lapsed, 20_000);

  await workspace.faults.comeBack();
  const back = performance.now();
  const isTrue = () =>
    [over, unasked].every(({ text }) => /Finished/.test(text)) &&
    /Stopped/.test(stopped.text) &&
    /Expired/i.test(request.text) &&
    /Extended: c3 goes on until/.test(answered.text) &&
    !hasButtons(question);
  await workspace.until(isTrue, { timeoutMs: 20_000, what: 'every message to be true' });
  for (const message of [over, unasked]) await replyTo(stage, message, /c\d: .*Finished/);
  await replyTo(stage, stopped, /c4: .*Stopped/);
  await replyTo(stage, request, /a1 .*expired/);
  t.diagnostic(`all true ${Math.round((performance.now() - back) / 100) / 10} s after Slack was back`);

  await workspace.until(() => workspace.connections() > 0, { timeoutMs: 30_000, what: 'a connection' });
  const last = await begin('after it', 6);
  assert.deepEqual(workspace.messagesIn(soc), [...before, last], 'what lapsed unseen is not shown');
  assert.deepEqual(
    [lasting, extended].map(({ text }) => /Capturing/.test(text)),
    [true, true],
  );
  assert.ok(![request, answered, question].some(hasButtons));
  for (const message of before) {
    const thread = workspace.threadOf(soc, message.ts).map(({ text }) => text);
    assert.equal(new Set(thread).size, thread.length, thread.join('\n'));
    const endings = thread.filter((text) => /Finished|Stopped|expired/.test(text));
    assert.equal(
      endings.length,
      message === lasting || message === extended ? 0 : message === over ? 2 : 1,
      thread.join('\n'),
    );
  }
  const asked = workspace.threadOf(soc, unasked.ts).filter(({ text }) => /go on\?/.test(text));
  assert.equal(asked.length, 0, 'nobody is asked about what is over');
  assert.equal((await workspace.as(grant).types('/capture whoami', soc)).outcome, 'acked');
});
