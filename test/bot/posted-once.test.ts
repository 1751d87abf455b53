import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Part } from '../../src/bot/messages.ts';
import { newBlocks } from '../../src/bot/new-blocks.ts';
import { say } from '../../src/bot/saying.ts';
import type { Capture } from '../../src/capture/capture.ts';
import { until } from '../capture/wait.ts';
import { following } from './following.ts';
import { liveCapture, manifest } from './sample.ts';

const viewOf = ({ id, state, packets }: Capture, part: Part) => ({
  text: `${part} ${id} ${state} ${packets}`,
  blocks: [],
});
const stage = (t: TestContext, withManifest: unknown = manifest) => following(t, { withManifest, viewOf });

for (const fate of ['the answer was lost', 'Slack said 500 after it'] as const) {
  test(`a message of which ${fate} is found again, kept true, and not posted twice`, async (t) => {
    const { workspace, channel, captures, follow, textsIn } = await stage(t);
    if (fate === 'the answer was lost') workspace.faults.loseResponses('chat.postMessage', 2);
    else workspace.faults.errorAfter('chat.postMessage', 'internal_error', 2);
    const follower = follow();
    const capture = captures.put(liveCapture({ channel, packets: 1 }));
    assert.equal(await follower.posted('c1', 20_000), null);
    captures.put({ ...capture, state: 'stopped', packets: 7 });
    const [message] = await workspace.until(
      () => textsIn(channel)[0] === 'main c1 stopped 7' && workspace.messagesIn(channel),
      { timeoutMs: 20_000 },
    );
    // The reply's answer was lost, too.
    await workspace.until(() => workspace.calls('conversations.replies').length === 1, { timeoutMs: 20_000 });
    await workspace.until(() => workspace.calls('chat.update').length === 3, { timeoutMs: 20_000 });
    assert.equal(workspace.messagesIn(channel).length, 1);
    assert.equal(workspace.threadOf(channel, message?.ts ?? '').length, 1);
    assert.equal(workspace.calls('chat.postMessage').length, 2);
  });
}

test('a message whose bot was killed before it heard the answer is found by the next bot', async (t) => {
  const { workspace, channel, captures, messages, follow, textsIn } = await stage(t);
  const main = { capture: 'c1', part: 'main', about: 0 } as const;
  // The first bot has posted and noted no more than that it would: as if it had been killed while Slack answered.
  const message = await messages.claim(main, channel);
  const { op } = message;
  await messages.noteAttempt(message, Date.now());
  await fetch(`${workspace.apiUrl}chat.postMessage`, {
    method: 'POST',
    headers: { authorization: `Bearer ${workspace.botToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      channel,
      text: 'of the first bot',
      metadata: { event_type: 'capture_message', event_payload: { op_id: op } },
    }),
  });
  const follower = follow();
  captures.put(liveCapture({ channel, packets: 1 }));
  assert.equal(await follower.posted('c1', 20_000), null);
  assert.deepEqual(textsIn(channel), ['main c1 running 1']);
  assert.equal(messages.find('c1', 'main')?.attemptedAt, null);
});

test('a post that Slack may still be at is waited for, and only then repeated', async (t) => {
  const { workspace, channel, slack } = await stage(t);
  let now = 100_000;
  const noted: (number | null)[] = [];
  const attempt = {
    at: 95_000,
    note: async (at: number | null) => void noted.push(at),
    now: () => now,
    blind: () => assert.fail(),
  };
  const saying = { channel, ts: null, thread: null, broadcast: false, op: 'o1', text: 'words', blocks: [], attempt };
  assert.deepEqual(await say(slack, saying, newBlocks(Date.now)), { outcome: 'unsure', wait: 7_000 });
  assert.deepEqual([workspace.messagesIn(channel).length, noted], [0, []]);
  now = 107_000;
  assert.equal((await say(slack, saying, newBlocks(Date.now))).outcome, 'said');
  assert.deepEqual([workspace.messagesIn(channel).length, noted], [1, [107_000]]);
});

test('a direct message whose answer was lost is found where it was said', async (t) => {
  const { workspace, slack } = await stage(t);
  const { id: will } = workspace.as('will').user;
  const attempt = { at: null as number | null, now: Date.now, blind: () => assert.fail() };
  const note = async (at: number | null) => {
    attempt.at = at;
  };
  const asked = { channel: will, ts: null, thread: null, broadcast: false, op: 'o1', text: 'words', blocks: [] };
  workspace.faults.loseResponses('chat.postMessage');
  assert.equal((await say(slack, { ...asked, attempt: { ...attempt, note } }, newBlocks(Date.now))).outcome, 'failed');
  assert.equal((await say(slack, { ...asked, attempt: { ...attempt, note } }, newBlocks(Date.now))).outcome, 'said');
  assert.equal(workspace.messagesIn(workspace.dmWith(will)).length, 1);
});

test('a refused post is no attempt: it is repeated without a look', async (t) => {
  const { workspace, channel, captures, messages, follow } = await stage(t);
  workspace.faults.limitNext('chat.postMessage', 2, 1);
  const follower = follow();
  captures.put(liveCapture({ channel }));
  assert.equal(await follower.posted('c1', 20_000), null);
  assert.equal(workspace.calls('chat.postMessage').length, 3);
  assert.equal(workspace.calls('conversations.history').length, 0);
  assert.equal(messages.find('c1', 'main')?.attemptedAt, null);
});

test('an app that may not read posts again, and says once what it lacks', async (t) => {
  const blind = structuredClone(manifest) as { oauth_config: { scopes: { bot: string[] } } };
  blind.oauth_config.scopes.bot = blind.oauth_config.scopes.bot.filter((scope) => !scope.endsWith(':history'));
  const { workspace, channel, captures, follow, lines } = await stage(t, blind);
  workspace.faults.loseResponses('chat.postMessage');
  const follower = follow();
  const capture = captures.put(liveCapture({ channel }));
  assert.equal(await follower.posted('c1', 30_000), null);
  assert.equal(workspace.messagesIn(channel).length, 2);
  workspace.faults.loseResponses('chat.postMessage');
  captures.put({ ...capture, state: 'stopped' });
  await workspace.until(() => workspace.calls('conversations.replies').length === 1, { timeoutMs: 20_000 });
  assert.equal(lines.filter(({ msg }) => /channels:history/.test(String(msg))).length, 1);
});

test('a channel that is closed to the bot and opened again shows each message as it is by then', async (t) => {
  const { workspace, channel, captures, messages, follow, later, textsIn } = await stage(t);
  const follower = follow();
  const one = captures.put(liveCapture({ id: 'c1', channel, packets: 1 }));
  const two = captures.put(liveCapture({ id: 'c2', channel, packets: 1 }));
  for (const { id } of [one, two]) assert.equal(await follower.posted(id, 20_000), null);
  workspace.faults.removeBot(channel);
  captures.put({ ...one, state: 'stopped', endedAt: Date.now() });
  captures.put({ ...two, state: 'stopping' });
  const areShut = () => ['c1', 'c2'].every((id) => messages.find(id, 'main')?.trouble === 'not_in_channel');
  await until('both to be known as shut out', areShut);

  const shutAt = () => Math.max(...['c1', 'c2'].map((id) => messages.find(id, 'main')?.sentAt ?? 0));
  const before = shutAt();
  // Still shut: one of them knocks, not both.
  later(30_001);
  captures.put({ ...two, state: 'stopping', packets: 2 });
  await until('the knock to be noted', () => shutAt() > before);
  workspace.faults.inviteBot(channel);
  later(30_001);
  captures.put({ ...two, state: 'stopping', packets: 3 });
  await workspace.until(
    () => textsIn(channel).includes('main c1 stopped 1') && textsIn(channel).includes('main c2 stopping 3'),
    { timeoutMs: 20_000 },
  );
  assert.equal(workspace.messagesIn(channel).length, 2);
  assert.equal(workspace.calls('chat.update').length, 5);
});
