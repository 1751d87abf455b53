import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countingCalls } from '../../src/bot/counted.ts';
import { openMeters } from '../../src/bot/meters.ts';
import { CaptureError } from '../../src/capture/errors.ts';
import { samplesIn } from './exposition.ts';

test('no word of a person becomes a label: a verb that the grammar does not have is another', async () => {
  const meters = openMeters();
  meters.command('start', 'done');
  for (const typed of ['strat', '', '"} 1\nx{y="', '__proto__', 'constructor', '<!channel>'])
    meters.failed(typed, new CaptureError('bad_request', 'no'));
  const samples = samplesIn(await meters.text());
  assert.equal(samples.get('capture_commands_total{verb="start",outcome="done"}'), 1);
  assert.equal(samples.get('capture_commands_total{verb="other",outcome="bad_request"}'), 6);
  assert.equal([...samples.keys()].filter((name) => name.startsWith('capture_commands_total')).length, 2);
});

test('an error counts once, however many hands it goes through, and what is no refusal is a bug', async () => {
  const meters = openMeters();
  const refusal = new CaptureError('not_allowed', 'no');
  meters.failed('stop', refusal);
  meters.failed('other', refusal);
  meters.failed('stop', new TypeError('undefined is not a function'));
  const samples = samplesIn(await meters.text());
  assert.equal(samples.get('capture_commands_total{verb="stop",outcome="not_allowed"}'), 1);
  assert.equal(samples.get('capture_commands_total{verb="stop",outcome="bug"}'), 1);
  assert.equal([...samples.keys()].filter((name) => name.startsWith('capture_commands_total')).length, 2);
});

test('acknowledgements are counted in seconds', async () => {
  const meters = openMeters();
  for (const after of [0.5, 40, 4_000]) meters.acked(after);
  const samples = samplesIn(await meters.text());
  assert.equal(samples.get('capture_ack_seconds_bucket{le="0.001"}'), 1);
  assert.equal(samples.get('capture_ack_seconds_bucket{le="0.05"}'), 2);
  assert.equal(samples.get('capture_ack_seconds_bucket{le="3"}'), 2);
  assert.equal(samples.get('capture_ack_seconds_bucket{le="+Inf"}'), 3);
  assert.equal(samples.get('capture_ack_seconds_sum'), 4.0405);
});

test('a call that nobody answers is unreachable, and its caller hears of it', async () => {
  const meters = openMeters();
  // Port 9 of loopback: nobody is there.
  await assert.rejects(countingCalls(meters)('http://127.0.0.1:9/api/chat.postMessage', { method: 'POST' }));
  await assert.rejects(countingCalls(meters)('http://127.0.0.1:9/upload/x%22y', { method: 'POST' }));
  const samples = samplesIn(await meters.text());
  assert.equal(samples.get('capture_slack_calls_total{method="chat.postMessage",outcome="unreachable"}'), 1);
  assert.equal(samples.get('capture_slack_calls_total{method="other",outcome="unreachable"}'), 1);
});
