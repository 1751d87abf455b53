import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Part } from '../../src/bot/messages.ts';
import type { Capture } from '../../src/capture/capture.ts';
import { until } from '../capture/wait.ts';
import { following } from './following.ts';
import { liveCapture, searchCapture } from './sample.ts';
import { request } from './views/samples.ts';

const viewOf = ({ id, state }: Capture, part: Part) => ({
  text: `${part} ${id} ${state}`,
  blocks: [],
  ...(part === 'thread' && { blocks: [{ type: 'plan' as const, title: 'Searching', tasks: [] }], fallback: [] }),
});
const denied = { state: 'denied', answeredBy: 'lea', endedAt: Date.now() } as const;

/** A follower of requests that are made in the channel of the stage. */
async function stage(t: TestContext, more: { readonly newBlocks?: boolean } = {}) {
  const here = await following(t, { viewOf, ...more });
  const origin = { door: 'slack', team: here.workspace.teamId, user: here.will.id, channel: here.channel } as const;
  const ask = (id: 'a1' | 'a2' | 'a3' = 'a1') => here.asked.put(request({ id, origin }));
  const direct = () => here.textsIn(here.workspace.dmWith(here.will).id);
  return { ...here, ask, direct };
}

test('a request whose message was deleted while it waits is told to who asked and in the digest’s channel, and then what became of it', async (t) => {
  const { workspace, channel, digest, asked, captures, follow, later, ask, direct, textsIn } = await stage(t);
  const follower = follow();
  const waiting = ask();
  assert.equal(await follower.posted('a1', 5_000), null);
  const [message] = workspace.messagesIn(channel);
  assert.ok(message);
  workspace.faults.deleteMessage(message);
  later(5 * 60_000);
  // Whatever wakes the follower.
  captures.put(liveCapture({ channel }));
  const waits = /message of a1 is not kept up to date any longer: Somebody deleted it.*a1 waits for the approval/;
  await workspace.until(() => direct().some((text) => waits.test(text)) && textsIn(digest.id).length === 1);
  asked.put({ ...waiting, ...denied });
  await workspace.until(() => direct().length === 2);
  assert.match(direct()[1] ?? '', /a1 was denied by lea/);
  assert.equal(textsIn(digest.id).length, 1);
  assert.deepEqual(textsIn(channel), ['main c1 running']);
});

test('a request that Slack does not take is behind, and for how long', async (t) => {
  const { workspace, asked, follow, ask } = await stage(t);
  const follower = follow();
  const waiting = ask();
  assert.equal(await follower.posted('a1', 5_000), null);
  assert.deepEqual(follower.behind(), { messages: 0, oldest: 0 });
  workspace.faults.limitNext('chat.update', 1, 60);
  asked.put({ ...waiting, ...denied });
  await workspace.until(() => workspace.calls('chat.update').length === 1);
  const behind = await until('the request alone to be behind', () => {
    const { messages, oldest } = follower.behind();
    return messages === 1 && oldest > 0 && follower.behind();
  });
  await until('it to wait for longer', () => follower.behind().oldest > behind.oldest);
});

test('on its way out the bot says what became of a request, of one too of whose end it never heard', async (t) => {
  const { workspace, channel, asked, follow, ask, textsIn } = await stage(t);
  asked.quiet();
  const follower = follow();
  const waiting = ask();
  assert.equal(await follower.posted('a1', 5_000), null);
  asked.put({ ...waiting, ...denied });
  await follower.close(AbortSignal.timeout(5_000));
  assert.match(textsIn(channel)[0] ?? '', /^🚫 Denied/);
  assert.equal(workspace.threadOf(channel, workspace.messagesIn(channel)[0]?.ts ?? '').length, 1);
});

test('a token that is refused over a request is doubted', async (t) => {
  const { workspace, doubts, follow, ask } = await stage(t);
  workspace.faults.errorNext('chat.postMessage', 'invalid_auth');
  follow();
  ask();
  await until('a doubt', () => doubts.length === 1);
});

test('429 on every call: what was asked and answered meanwhile is true afterwards, each in one message', async (t) => {
  const { workspace, channel, asked, follow, ask, textsIn } = await stage(t);
  const follower = follow();
  const before = ask('a1');
  assert.equal(await follower.posted('a1', 5_000), null);
  workspace.faults.limitFor('*', 3_000, 1);
  asked.put({ ...before, ...denied });
  const within = ask('a2');
  await workspace.until(() => workspace.calls('chat.postMessage').length > 1);
  asked.put({ ...within, ...denied });
  ask('a3');
  const isTrue = () =>
    textsIn(channel).length === 3 && textsIn(channel).filter((text) => /Denied/.test(text)).length === 2;
  await workspace.until(isTrue, { timeoutMs: 20_000 });
  assert.equal(textsIn(channel).filter((text) => /Waiting for approval/.test(text)).length, 1);
  const threads = () => workspace.messagesIn(channel).map(({ ts }) => workspace.threadOf(channel, ts).length);
  await workspace.until(() => threads().reduce((sum, replies) => sum + replies, 0) === 2);
  assert.deepEqual(threads().sort(), [0, 1, 1]);
});

test('where Slack does not take the blocks of a request, every word comes as text', async (t) => {
  const { workspace, channel, follow, ask, textsIn } = await stage(t);
  workspace.faults.errorNext('chat.postMessage', 'invalid_blocks');
  const follower = follow();
  ask();
  assert.equal(await follower.posted('a1', 5_000), null);
  assert.match(textsIn(channel)[0] ?? '', /Waiting for approval · all of the DMZ.*it captures everything/);
  assert.equal(workspace.messagesIn(channel)[0]?.blocks.length, 0);
});

test('a workspace without the newest blocks takes a request as it is', async (t) => {
  const { workspace, channel, captures, follow, ask } = await stage(t, { newBlocks: false });
  const follower = follow();
  captures.put(searchCapture({ channel }));
  const [search] = await workspace.until(
    () => workspace.messagesIn(channel).length === 1 && workspace.messagesIn(channel),
  );
  await workspace.until(() => workspace.threadOf(channel, search?.ts ?? '').length === 1);
  ask();
  assert.equal(await follower.posted('a1', 5_000), null);
  assert.match(JSON.stringify(workspace.messagesIn(channel)[1]?.blocks), /capture_approve/);
  assert.equal(workspace.calls().filter(({ answer }) => answer.error === 'invalid_blocks').length, 1);
});

test('requests and captures share one pace: forty edits in a minute, not forty of each', async (t) => {
  const { workspace, channel, captures, asked, follow, later, textsIn } = await stage(t);
  const follower = follow();
  const origin = { door: 'slack', team: workspace.teamId, user: 'U024BE7LJ', channel } as const;
  const running = Array.from({ length: 5 }, (_, at) =>
    captures.put(liveCapture({ id: `c${at + 1}` as const, channel })),
  );
  const waiting = Array.from({ length: 45 }, (_, at) => asked.put(request({ id: `a${at + 1}`, origin })));
  await workspace.until(() => textsIn(channel).length === 50, { timeoutMs: 30_000 });
  for (const capture of running) captures.put({ ...capture, state: 'stopped' });
  for (const one of waiting) asked.put({ ...one, ...denied });
  const edits = () => workspace.calls('chat.update').length;
  await workspace.until(() => edits() >= 40, { timeoutMs: 30_000 });
  // The follower goes on with what may go on, and comes by what may not.
  for (const id of ['c26', 'c27', 'c28'] as const) {
    captures.put(liveCapture({ id, channel }));
    assert.equal(await follower.posted(id, 10_000), null);
  }
  assert.equal(edits(), 40);
  later(60_000);
  captures.put(liveCapture({ id: 'c29', channel }));
  await workspace.until(() => edits() === 50, { timeoutMs: 30_000 });
});
