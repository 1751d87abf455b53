import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Drawing } from '../../src/bot/drawing.ts';
import type { Message } from '../../src/bot/messages.ts';
import { requestDrawings } from '../../src/bot/request-messages.ts';
import type { ApprovalRequest } from '../../src/capture/approval.ts';
import { postedMessage } from './sample.ts';
import { request } from './views/samples.ts';

const main = postedMessage({ capture: 'a3', sentState: 'waiting' });
const places = { channel: 'C1', person: 'U1', digest: 'C9' };
const of = (changes: Partial<ApprovalRequest>, messages: readonly Message[], now = 99_000) =>
  requestDrawings(request(changes), messages, places, now);
const shown = (drawings: readonly Drawing[]) =>
  drawings.map(({ part, channel, thread, ts, settles }) => [part, channel, thread, ts, settles]);
const shell = { origin: { door: 'shell', login: 'will', tty: null, remoteHost: null } } as const;
const over = { state: 'denied', version: 2, endedAt: 90_000, answeredBy: 'lea' } as const;
const lost = { ...main, trouble: 'message_not_found' };

test('a request has its message; one that was made in a shell only while it waits, or where its message may be there', () => {
  const fresh = [['main', 'C1', null, null, false]];
  assert.deepEqual(shown(of({}, [])), fresh);
  assert.deepEqual(shown(of(over, [])), fresh, 'who asked in Slack hears of it there');
  assert.deepEqual(shown(of(shell, [])), fresh);
  assert.deepEqual(of({ ...shell, ...over }, []), []);
  assert.deepEqual(of({ ...shell, state: 'starting' }, []), []);
  assert.deepEqual(shown(of({ ...shell, ...over }, [{ ...main, ts: null, attemptedAt: 1 }])), fresh);
  assert.deepEqual(requestDrawings(request(shell), [], { ...places, channel: null }, 0), []);
});

test('each change is drawn at once, in the channel where the message is; what was clicked too late every five seconds at most', () => {
  const edited = { ...main, channel: 'C2', editedAt: 98_000 };
  const [starting] = of({ state: 'starting', version: 2 }, [edited]);
  assert.deepEqual([starting?.part, starting?.channel, starting?.due, starting?.rank], ['main', 'C2', 0, 1]);
  const [clicked] = of({}, [{ ...edited, sentVersion: 0, sentState: null }]);
  assert.equal(clicked?.due, 103_000);
});

test('while it waits its message is drawn every five minutes, after all else: to find out that somebody deleted it', () => {
  const [look, ...rest] = of({}, [main]);
  assert.deepEqual([look?.part, look?.due, look?.rank, rest], ['main', 310_000, 5, []]);
  assert.deepEqual(of({ ...over, version: 1 }, [main, { ...main, part: 'thread', settled: 1 }]), []);
});

test('what became of it is said in its thread, once', () => {
  const there = { ...main, sentVersion: 2 };
  assert.deepEqual(shown(of(over, [there])), [['thread', 'C1', '1.1', null, true]]);
  const said = { ...main, part: 'thread', sentVersion: 2, settled: 1 } as const;
  assert.deepEqual(of(over, [there, said]), []);
  const warned = { ...over, state: 'started', version: 3 } as const;
  const drawn = of(warned, [{ ...there, sentVersion: 3 }, said]);
  assert.deepEqual(shown(drawn), [['thread', 'C1', '1.1', '1.1', true]], 'with the warnings that came behind it');
});

test('that its message was lost is said once to who asked and in the digest’s channel, and later to who asked what became of it', () => {
  const losses = [
    ['loss', 'U1', null, null, true],
    ['loss report', 'C9', null, null, true],
  ];
  const told = (sentState: 'waiting' | 'denied') =>
    (['loss', 'loss report'] as const).map((part): Message => ({ ...main, part, sentState, settled: 1 }));
  assert.deepEqual(shown(of({}, [lost])), losses);
  assert.deepEqual(of({}, [lost, ...told('waiting')]), []);
  assert.deepEqual(shown(of(over, [lost, ...told('waiting')])), [['thread', 'U1', null, null, true]]);
  assert.deepEqual(of({ state: 'starting', version: 2 }, [lost]), [], 'what it starts as is known in a moment');
  assert.deepEqual(shown(of(over, [lost])), losses);
  assert.deepEqual(of(over, [lost, ...told('denied')]), [], 'what became of it was said with the loss');
});

test('where the bot was never let in it knocks while the request waits, and says to who asked alone what became of it', () => {
  const shut = { ...main, ts: null, trouble: 'not_in_channel' };
  const [knock, ...rest] = of({}, [shut]);
  assert.deepEqual([knock?.part, knock?.due, knock?.knocks, rest], ['main', 40_000, true, []]);
  assert.deepEqual(shown(of(over, [shut])), [['thread', 'U1', null, null, true]]);
});

test('a channel that was shut to its message is tried for a day after the end', () => {
  const shut = { ...main, trouble: 'not_in_channel', sentState: 'denied', sentVersion: 2 } as const;
  const parts = (now: number) => of(over, [shut], now).map(({ part, due }) => [part, due]);
  assert.deepEqual(parts(99_000)[0], ['main', 40_000]);
  assert.deepEqual(
    parts(90_000 + 86_400_000).map(([part]) => part),
    ['loss', 'loss report'],
  );
});
