import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asidesOf, type Sent } from '../../src/bot/asides.ts';
import type { Drawing } from '../../src/bot/drawing.ts';
import type { Message } from '../../src/bot/messages.ts';
import type { Capture } from '../../src/capture/capture.ts';
import { liveCapture, postedMessage, searchCapture } from './sample.ts';

const main = postedMessage();

const places = { person: 'U1', digest: 'C9' };
const of = (capture: Capture, messages: readonly Message[] = [main], more: Partial<Sent> = {}) =>
  asidesOf(capture, { messages, warned: false, ...more }, places);
const shown = (drawings: readonly Drawing[]) =>
  drawings.map(({ part, about, channel, thread, ts, settles }) => [part, about, channel, thread, ts, settles]);

const limits = { deadline: 5_000, bytes: null, packets: null, near: true };
const question: Message = { ...main, part: 'question', about: 5_000, op: 'o2', ts: '1.2' };

test('a capture that nobody has to hear of has its message and no more', () => {
  assert.deepEqual(of(liveCapture()), []);
  assert.deepEqual(of(searchCapture({ state: 'finished' })), []);
  assert.deepEqual(of(liveCapture({ channel: null, state: 'died' })), []);
});

test('before a deadline there is one question in the thread, and never a second for the same deadline', () => {
  assert.deepEqual(shown(of(liveCapture({ limits }))), [['question', 5_000, 'C1', '1.1', null, false]]);
  assert.deepEqual(of(liveCapture({ limits }), [main, question]), []);
  assert.deepEqual(of(liveCapture({ limits }), [main, { ...question, trouble: 'message_not_found' }]), []);
});

test('a question whose post Slack did not answer is posted again', () => {
  assert.deepEqual(shown(of(liveCapture({ limits }), [main, { ...question, ts: null }])), [
    ['question', 5_000, 'C1', '1.1', null, false],
  ]);
});

test('answered by anybody, anywhere, the question is drawn once more and then left', () => {
  const moved = { ...limits, deadline: 9_000, near: false };
  const answered = [['question', 5_000, 'C1', '1.1', '1.2', true]];
  assert.deepEqual(shown(of(liveCapture({ limits: moved }), [main, question])), answered);
  assert.deepEqual(shown(of(liveCapture({ limits, state: 'stopped' }), [main, question])), answered);
  assert.deepEqual(of(liveCapture({ limits: moved }), [main, { ...question, settled: 1 }]), []);
});

test('a deadline that nears again is asked about again', () => {
  const again = { ...limits, deadline: 9_000 };
  assert.deepEqual(shown(of(liveCapture({ limits: again }), [main, { ...question, settled: 1 }])), [
    ['question', 9_000, 'C1', '1.1', null, false],
  ]);
});

test('warnings are said in the thread, once, as soon as there is one', () => {
  assert.deepEqual(of(liveCapture(), [], { warned: true }), []);
  assert.deepEqual(shown(of(liveCapture(), [main], { warned: true })), [['warnings', 0, 'C1', '1.1', null, true]]);
  assert.deepEqual(of(liveCapture(), [main, { ...main, part: 'warnings', settled: 1 }], { warned: true }), []);
});

test('who ordered a capture that died, or a search that failed, hears of it alone, once; of a start that failed they were told', () => {
  const told = [['failure', 0, 'U1', null, null, true]];
  assert.deepEqual(shown(of(liveCapture({ state: 'died' }))), told);
  assert.deepEqual(shown(of(searchCapture({ state: 'failed' }))), told);
  assert.deepEqual(of(liveCapture({ state: 'failed' })), []);
  assert.deepEqual(of(liveCapture({ state: 'died' }), [main, { ...main, part: 'failure', settled: 1 }]), []);
});

test('the loss of a message is told to its person and in the digest’s channel, once; nothing more hangs on it', () => {
  const lost = { ...main, trouble: 'message_not_found' };
  assert.deepEqual(shown(of(liveCapture({ limits }), [lost], { warned: true })), [
    ['loss', 0, 'U1', null, null, true],
    ['loss report', 0, 'C9', null, null, true],
  ]);
  const told = (['loss', 'loss report'] as const).map((part): Message => ({ ...main, part, settled: 1 }));
  assert.deepEqual(of(liveCapture(), [lost, ...told]), []);
  assert.deepEqual(of(liveCapture(), [{ ...lost, ts: null }]), [], 'one that never came to be was answered at once');
});

test('where nobody knows who ordered it, nobody is written to', () => {
  const nobody = { person: null, digest: null };
  assert.deepEqual(asidesOf(liveCapture({ state: 'died' }), { messages: [main], warned: false }, nobody), []);
});
