import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { KnownBlock } from '@slack/types';
import type { Part } from '../../src/bot/messages.ts';
import type { Capture } from '../../src/capture/capture.ts';
import { following } from './following.ts';
import { liveCapture, searchCapture } from './sample.ts';

const planned: KnownBlock = { type: 'plan', title: 'Searching', tasks: [] };
const inRows: KnownBlock = { type: 'section', text: { type: 'plain_text', text: 'Searching' } };

const viewOf = (capture: Capture, part: Part) => ({
  text: `${part} ${capture.id} ${capture.state} ${capture.packets ?? capture.progress?.packets ?? 0}`,
  blocks: [],
  ...(part === 'thread' && { blocks: [planned], fallback: [inRows] }),
});
const stage = (t: TestContext, { newBlocks = true } = {}) => following(t, { newBlocks, viewOf });

test('a capture is one message, drawn again when it changes, and its ending a reply', async (t) => {
  const { workspace, channel, captures, follow } = await stage(t);
  follow();
  const capture = captures.put(liveCapture({ channel }));
  const message = await workspace.until(() => workspace.messagesIn(channel)[0]);
  assert.equal(message.text, 'main c1 running 0');
  captures.put({ ...capture, state: 'stopped', packets: 7 });
  const [ending] = await workspace.until(() => {
    const thread = workspace.threadOf(channel, message.ts);
    return thread.length > 0 && thread;
  });
  assert.equal(ending?.text, 'thread c1 stopped 7');
  assert.deepEqual(
    workspace.messagesIn(channel).map(({ text }) => text),
    ['main c1 stopped 7'],
  );
});

test('a follower that comes back draws the same message, with all that it missed', async (t) => {
  const { workspace, channel, captures, follow } = await stage(t);
  const first = follow();
  const capture = captures.put(liveCapture({ channel }));
  const message = await workspace.until(() => workspace.messagesIn(channel)[0]);
  await first.posted('c1', 5_000);
  await first.close(AbortSignal.abort());
  captures.put({ ...capture, state: 'stopped', packets: 7 });
  captures.put(liveCapture({ id: 'c2', channel }));
  follow();
  await workspace.until(() => message.text === 'main c1 stopped 7' && workspace.messagesIn(channel).length === 2);
});

test('a search’s final state is shown whatever became of its progress', async (t) => {
  const { workspace, channel, captures, follow } = await stage(t);
  follow();
  const capture = captures.put(searchCapture({ channel }));
  const message = await workspace.until(() => workspace.messagesIn(channel)[0]);
  await workspace.until(() => workspace.threadOf(channel, message.ts)[0]);
  for (let packets = 1; packets < 40; packets += 1) captures.put({ ...capture, packets });
  captures.put({ ...capture, state: 'finished', packets: 99 });
  await workspace.until(() => workspace.threadOf(channel, message.ts)[0]?.text === 'thread c1 finished 99');
  await workspace.until(() => message.text === 'main c1 finished 99');
  assert.equal(workspace.threadOf(channel, message.ts).length, 1);
  assert.ok(workspace.calls('chat.update').length <= 4);
});

test('when Slack asks to wait, the newest state comes after the wait', async (t) => {
  const { workspace, channel, captures, follow } = await stage(t);
  follow();
  const capture = captures.put(liveCapture({ channel }));
  const message = await workspace.until(() => workspace.messagesIn(channel)[0]);
  workspace.faults.limitNext('chat.update', 1, 1);
  captures.put({ ...capture, state: 'stopped' });
  await workspace.until(() => workspace.calls('chat.update').length === 1);
  captures.put({ ...capture, state: 'stopped', packets: 7 });
  await workspace.until(() => message.text === 'main c1 stopped 7');
  assert.equal(message.edits.length, 1);
});

test('what Slack does not take is behind, and for how long; what waits for its turn is not', async (t) => {
  const { workspace, channel, captures, follow } = await stage(t);
  const follower = follow();
  const capture = captures.put(liveCapture({ channel }));
  assert.equal(await follower.posted('c1', 5_000), null);
  captures.put({ ...capture, packets: 7 });
  assert.deepEqual(follower.behind(), { messages: 0, oldest: 0 });
  workspace.faults.limitNext('chat.update', 1, 60);
  captures.put({ ...capture, state: 'stopping' });
  await workspace.until(() => workspace.calls('chat.update').length === 1);
  const message = workspace.messagesIn(channel)[0];
  assert.equal(message?.text, 'main c1 running 0');
  let last = 0;
  for (let grown = 0; grown < 3; ) {
    const { messages, oldest } = follower.behind();
    assert.equal(messages, 1);
    if (oldest > last) grown += 1;
    last = oldest;
    await new Promise((resume) => setImmediate(resume));
  }
});

test('where the bot is not, it says so, and the message comes with the ending if it was invited', async (t) => {
  const { workspace, channel, captures, follow } = await stage(t);
  workspace.faults.removeBot(channel);
  const follower = follow();
  const capture = captures.put(liveCapture({ channel }));
  assert.equal(await follower.posted('c1', 5_000), 'not_in_channel');
  workspace.faults.inviteBot(channel);
  captures.put({ ...capture, state: 'stopped' });
  await workspace.until(() => workspace.messagesIn(channel).some(({ text }) => text === 'main c1 stopped 0'));
});

test('a deleted message is let go', async (t) => {
  const { workspace, channel, captures, follow } = await stage(t);
  const follower = follow();
  const capture = captures.put(liveCapture({ channel }));
  const message = await workspace.until(() => workspace.messagesIn(channel)[0]);
  await follower.posted('c1', 5_000);
  workspace.faults.deleteMessage(message);
  captures.put({ ...capture, state: 'stopped' });
  await workspace.until(() => workspace.calls('chat.update').length === 1);
  captures.put({ ...capture, state: 'stopped', packets: 7 });
  captures.put(liveCapture({ id: 'c2', channel }));
  assert.equal(await follower.posted('c2', 5_000), null);
  assert.equal(workspace.calls('chat.update').length, 1);
  assert.equal(workspace.messagesIn(channel).length, 1);
});

test('on its way out the bot draws the endings that are left, of captures too that it never heard of', async (t) => {
  const { workspace, channel, captures, follow } = await stage(t);
  captures.quiet();
  const follower = follow();
  const capture = captures.put(liveCapture({ channel }));
  assert.equal(await follower.posted('c1', 5_000), null);
  captures.put({ ...capture, state: 'stopped' });
  await follower.close(AbortSignal.timeout(5_000));
  const [message] = workspace.messagesIn(channel);
  assert.equal(message?.text, 'main c1 stopped 0');
  assert.equal(workspace.threadOf(channel, message?.ts ?? '').length, 1);
});

test('where Slack does not take the blocks, every word comes as text', async (t) => {
  const { workspace, channel, captures, follow } = await stage(t);
  workspace.faults.errorNext('chat.postMessage', 'invalid_blocks');
  const follower = follow();
  captures.put(liveCapture({ channel }));
  assert.equal(await follower.posted('c1', 5_000), null);
  assert.deepEqual(
    workspace.messagesIn(channel).map(({ text }) => text),
    ['main c1 running 0'],
  );
});

test('a message says in its metadata whose it is', async (t) => {
  const { workspace, channel, captures, follow } = await stage(t);
  follow();
  captures.put(liveCapture({ channel }));
  const message = await workspace.until(() => workspace.messagesIn(channel)[0]);
  assert.equal(message.metadata?.event_type, 'capture_message');
});

test('a workspace without the newest blocks has the older form of a message, and is not tried with every edit', async (t) => {
  const { workspace, channel, captures, follow } = await stage(t, { newBlocks: false });
  follow();
  const capture = captures.put(searchCapture({ channel }));
  const message = await workspace.until(() => workspace.messagesIn(channel)[0]);
  const thread = await workspace.until(() => workspace.threadOf(channel, message.ts)[0]);
  captures.put({ ...capture, state: 'finished' });
  await workspace.until(() => /finished/.test(thread.text));
  assert.deepEqual(
    thread.blocks.map(({ type }) => type),
    ['section'],
  );
  const refused = workspace.calls().filter(({ answer }) => answer.error === 'invalid_blocks');
  assert.equal(refused.length, 1);
});

test('where Slack takes a plan, it is a plan', async (t) => {
  const { workspace, channel, captures, follow } = await stage(t);
  follow();
  captures.put(searchCapture({ channel }));
  const message = await workspace.until(() => workspace.messagesIn(channel)[0]);
  const thread = await workspace.until(() => workspace.threadOf(channel, message.ts)[0]);
  assert.deepEqual(
    thread.blocks.map(({ type }) => type),
    ['plan'],
  );
});

test('the endings of thirty searches that end at once are in their channel within ten seconds', async (t) => {
  const { workspace, channel, captures, follow } = await stage(t);
  follow();
  const searches = Array.from({ length: 30 }, (_, at) => captures.put(searchCapture({ id: `c${at + 1}`, channel })));
  const posted = () => workspace.messagesIn(channel).length === 30;
  await workspace.until(posted, { timeoutMs: 30_000 });
  for (const search of searches) captures.put({ ...search, packets: 7 });
  await workspace.until(() => workspace.calls('chat.update').length > 2, { timeoutMs: 30_000 });
  const before = Date.now();
  for (const search of searches) captures.put({ ...search, state: 'finished', packets: 99 });
  const shown = () => workspace.messagesIn(channel).every(({ text }) => /finished 99/.test(text));
  await workspace.until(shown, { timeoutMs: 30_000 });
  const times = workspace.calls('chat.update').map(({ at }) => at);
  const within = (from: number) => times.filter((at) => at >= from && at < from + 60_000).length;
  assert.ok(Math.max(...times.map(within)) <= 40, 'no minute has more than forty edits');
  const last = Math.max(...times);
  assert.ok(last - before <= 10_000, `the last ending came after ${last - before} ms`);
});
