import assert from 'node:assert/strict';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';
import pino from 'pino';
import { openEngine } from '../../src/capture/engine.ts';
import { moment } from '../../src/capture/patience.ts';
import { auditOf, openSensor, unsettled } from '../capture/sensor.ts';
import { until } from '../capture/wait.ts';

/** A sensor with an engine as a bot has it, and who locks its registry: for longer than that engine waits at once. */
function openBotsEngine(t: TestContext) {
  const sensor = openSensor();
  const engine = openEngine({ config: sensor.config, log: pino({ level: 'silent' }), now: Date.now, wait: moment });
  const other = new Database(join(sensor.config.state, 'registry.sqlite'));
  t.after(async () => {
    other.close();
    await engine.close();
    await sensor.close();
  });
  const lockForAWhile = async (milliseconds = 2_000) => {
    const delay = monitorEventLoopDelay({ resolution: 10 });
    delay.enable();
    other.exec('BEGIN IMMEDIATE');
    await pause(milliseconds);
    other.exec('ROLLBACK');
    delay.disable();
    assert.ok(delay.max < 1e9, `the event loop was blocked for ${delay.max / 1e6} ms`);
  };
  const spawned = other.prepare('select 1 from captures where tcpdump is not null').pluck();
  return { sensor, engine, grant: sensor.grant, lockForAWhile, isSpawned: () => spawned.get() !== undefined };
}

test('an order that finds the registry locked in its middle waits for it beside the event loop, and ends as it would have', async (t) => {
  const { sensor, engine, grant, lockForAWhile } = openBotsEngine(t);
  const starting = engine.start({ description: 'x', expression: 'udp port 42931' }, grant);
  // It has been asked, and is not in the registry yet.
  await lockForAWhile();
  const { capture } = await starting;
  assert.equal(capture.state, 'running');
  const stopping = engine.stop(capture.id, grant);
  // Claimed; its ending is written only once tcpdump is gone.
  await until('its stop to be claimed', () => engine.peek(capture.id)?.state === 'stopping');
  await lockForAWhile();
  const [stopped] = await stopping;
  assert.partialDeepStrictEqual(stopped, { state: 'stopped', why: 'stopped by grant' });
  assert.deepEqual(unsettled(sensor), []);
  assert.deepEqual(
    auditOf(sensor).map(({ verb, outcome }) => `${verb} ${outcome}`),
    ['start asked', 'start done', 'stop asked', 'stop done'],
  );
});

test('what was done already is noted however long that takes, up to a minute: a start that listens, a stop that was claimed', async (t) => {
  const { sensor, engine, grant, lockForAWhile, isSpawned } = openBotsEngine(t);
  const starting = engine.start({ description: 'x', expression: 'udp port 42932' }, grant);
  await until('its tcpdump to be noted', isSpawned);
  await lockForAWhile(6_500);
  const { capture } = await starting;
  assert.equal(capture.state, 'running');
  const stopping = engine.stop(capture.id, grant);
  await until('its stop to be claimed', () => engine.peek(capture.id)?.state === 'stopping');
  await lockForAWhile(6_500);
  assert.equal((await stopping)[0]?.state, 'stopped');
  assert.deepEqual(
    auditOf(sensor).map(({ verb, outcome }) => `${verb} ${outcome}`),
    ['start asked', 'start done', 'stop asked', 'stop done'],
  );
});

test('an order whose outcome finds the registry locked ends as it would have, and is settled at the next look', async (t) => {
  const sensor = openSensor();
  t.after(() => sensor.close());
  const { engine, grant } = sensor;
  const other = new Database(join(sensor.config.state, 'registry.sqlite'));
  const stopping = engine.stop('nothing', grant);
  // It has been asked, and nothing came of it yet: that is only looked for in the next step.
  other.exec('BEGIN IMMEDIATE');
  await assert.rejects(stopping, { code: 'not_found', message: /nothing that runs matches "nothing"/ });
  other.exec('ROLLBACK');
  other.close();
  assert.equal(unsettled(sensor).length, 1);
  await engine.reconcile();
  assert.deepEqual(unsettled(sensor), []);
  const outcome = auditOf(sensor).findLast(({ settles }) => settles !== null);
  assert.partialDeepStrictEqual(outcome, { verb: 'stop', outcome: 'invalid' });
  assert.match(outcome?.detail ?? '', /nothing that runs matches "nothing"/);
});
