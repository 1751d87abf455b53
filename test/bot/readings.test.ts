import assert from 'node:assert/strict';
import { test } from 'node:test';
import { healthOf, readingsText, type Sources } from '../../src/bot/readings.ts';
import { CaptureError } from '../../src/capture/errors.ts';
import { samplesIn } from './exposition.ts';

const locked = (): never => {
  throw new CaptureError('conflict', 'the registry has been locked by another process for 5 s');
};
const sources: Sources = {
  engine: {
    measure: async () => ({
      captures: [
        { kind: 'live', state: 'running', count: 2 },
        { kind: 'past', state: 'finished', count: 7 },
      ],
      ...{ droppedByKernel: 12, searchedBytes: 1e9, supervisor: 'this process', freeBytes: 5e9 },
    }),
    head: () => ({ seq: 1, hash: 'x' }),
  },
  connections: () => 2,
  behind: () => ({ messages: 3, oldest: 4_500 }),
  eventLoop: () => ({ p99: 0.002, max: 0.03 }),
};

test('what the registry has is read when somebody asks', async () => {
  const samples = samplesIn(await readingsText(sources));
  assert.deepEqual(Object.fromEntries(samples), {
    capture_slack_connections: 2,
    capture_event_loop_delay_p99_seconds: 0.002,
    capture_event_loop_delay_max_seconds: 0.03,
    capture_registry_up: 1,
    capture_messages_behind: 3,
    capture_messages_behind_seconds: 4.5,
    capture_supervised: 1,
    capture_supervisor: 1,
    capture_free_bytes: 5e9,
    capture_kernel_dropped_packets_total: 12,
    capture_searched_bytes_total: 1e9,
    'capture_captures{kind="live",state="running"}': 2,
    'capture_captures{kind="past",state="finished"}': 7,
  });
});

test('a registry that does not answer leaves what needs none, and no number that would be a guess', async () => {
  const samples = samplesIn(await readingsText({ ...sources, engine: { measure: locked, head: locked } }));
  assert.deepEqual(
    [...samples.keys()],
    [
      'capture_slack_connections',
      'capture_event_loop_delay_p99_seconds',
      'capture_event_loop_delay_max_seconds',
      'capture_registry_up',
    ],
  );
  assert.equal(samples.get('capture_registry_up'), 0);
});

test('the bot is well while it hears Slack and the registry answers', () => {
  assert.deepEqual(healthOf(sources), { why: null, connections: 2 });
  assert.equal(healthOf({ ...sources, connections: () => 0 }).why, 'no connection to Slack listens');
  assert.match(
    healthOf({ ...sources, engine: { measure: locked, head: locked } }).why ?? '',
    /^the registry has been locked/,
  );
});
