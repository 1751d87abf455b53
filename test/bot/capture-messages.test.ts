import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawingsOf } from '../../src/bot/capture-messages.ts';
import { type Drawing, nextDrawing } from '../../src/bot/drawing.ts';
import type { Message } from '../../src/bot/messages.ts';
import type { State } from '../../src/capture/capture.ts';
import { liveCapture, postedMessage, searchCapture } from './sample.ts';

const posted = postedMessage();

const partsOf = (drawings: readonly Drawing[]) => drawings.map(({ part }) => part);

test('a capture ordered in Slack gets its message, one from the shell none', () => {
  assert.deepEqual(partsOf(drawingsOf(liveCapture(), undefined, undefined, 99_000)), ['main']);
  assert.deepEqual(drawingsOf(liveCapture({ channel: null }), undefined, undefined, 99_000), []);
});

test('a message that shows the newest version is left alone', () => {
  assert.deepEqual(drawingsOf(liveCapture({ version: 1 }), posted, undefined, 99_000), []);
});

test('an ending is drawn at once, mere growth not before its time, and what is stopping not before it has stopped', () => {
  const dueOf = (state: State) => drawingsOf(liveCapture({ version: 2, state }), posted, undefined, 99_000)[0]?.due;
  assert.equal(dueOf('stopped'), 0);
  assert.equal(dueOf('running'), 25_000);
  assert.equal(dueOf('stopping'), 15_000);
});

test('no message is edited twice within five seconds, whatever happens to its capture', () => {
  const edited = { ...posted, editedAt: 10_000 };
  const [ending] = drawingsOf(liveCapture({ version: 2, state: 'stopped' }), edited, undefined, 99_000);
  assert.equal(ending?.due, 15_000);
});

test('a start is first shown as what came of it, unless that takes long', () => {
  const starting = liveCapture({ state: 'starting', startedAt: 50_000 });
  assert.equal(drawingsOf(starting, undefined, undefined, 99_000)[0]?.due, 51_000);
  assert.equal(drawingsOf({ ...starting, state: 'running' }, undefined, undefined, 99_000)[0]?.due, 0);
});

test('the thread comes after the message: a live capture’s tells its ending, a search’s how far it is', () => {
  const ended = liveCapture({ version: 2, state: 'stopped' });
  assert.deepEqual(partsOf(drawingsOf(ended, undefined, undefined, 99_000)), ['main']);
  assert.deepEqual(partsOf(drawingsOf(ended, posted, undefined, 99_000)), ['main', 'thread']);
  assert.deepEqual(partsOf(drawingsOf(searchCapture({ version: 1 }), posted, undefined, 99_000)), ['thread']);
});

test('a search’s progress is edited every five seconds at most', () => {
  const thread: Message = { ...posted, part: 'thread', ts: '1.2' };
  const drawings = drawingsOf(searchCapture({ version: 2 }), { ...posted, sentVersion: 2 }, thread, 99_000);
  assert.deepEqual(
    drawings.map(({ part, due, thread }) => [part, due, thread]),
    [['thread', 15_000, '1.1']],
  );
});

test('a message that Slack lost is not drawn again', () => {
  const lost = { ...posted, trouble: 'message_not_found' };
  assert.deepEqual(drawingsOf(liveCapture({ version: 9, state: 'stopped' }), lost, undefined, 99_000), []);
});

test('where the bot was shut out it knocks every 30 s, and at once with a change of state, for a day after the ending', () => {
  for (const ts of [null, '1.1']) {
    const shut: Message = { ...posted, ts, trouble: 'not_in_channel' };
    const due = (drawings: readonly Drawing[]) => drawings.map(({ part, due: at }) => [part, at]);
    assert.deepEqual(due(drawingsOf(liveCapture({ version: 1 }), shut, undefined, 0)), [['main', 40_000]]);
    const ended = liveCapture({ version: 2, state: 'stopped', endedAt: 20_000 });
    assert.deepEqual(due(drawingsOf(ended, shut, undefined, 20_000)), [['main', 0]]);
    assert.deepEqual(drawingsOf(ended, shut, undefined, 20_000 + 86_400_000), []);
  }
});

test('a new message comes before endings, endings before progress, and the one that waits longest first', () => {
  const progress = drawingsOf(searchCapture({ version: 2 }), posted, undefined, 99_000);
  const told = postedMessage({ part: 'thread', sentVersion: 2 });
  const ended = drawingsOf(liveCapture({ version: 2, state: 'stopped' }), posted, told, 99_000);
  const fresh = drawingsOf(liveCapture(), undefined, undefined, 99_000);
  assert.equal(nextDrawing([...progress, ...ended, ...fresh], 99_000), fresh[0]);
  assert.equal(nextDrawing([...progress, ...ended], 99_000), ended[0]);
  const [one] = progress;
  assert.ok(one);
  const other = { ...one, part: 'thread' as const, due: one.due - 1 };
  assert.equal(nextDrawing([one, other], 99_000), other);
});

test('when nothing is due, the next is what is due first', () => {
  const [one] = drawingsOf(liveCapture({ version: 2 }), posted, undefined, 99_000);
  assert.ok(one);
  assert.equal(nextDrawing([one, { ...one, due: 20_000, rank: 9 }], 0)?.due, 20_000);
  assert.equal(nextDrawing([], 0), undefined);
});
