import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { isAlive, tokenOf } from '../../src/capture/process.ts';
import { allOf, openSensor, tcpdumpsOf, unsettled } from '../capture/sensor.ts';
import { until } from '../capture/wait.ts';

const order = { description: 'x', expression: 'dst host 127.77.2.5 and udp port 9' };
const hour = 3_600_000;

test('a clock that is set back an hour under a capture costs neither its stop, nor a name, nor the audit chain', async (t) => {
  let setBack = 0;
  const from = Date.now();
  const sensor = openSensor({}, () => from - setBack);
  t.after(() => sensor.close());
  const { engine, grant } = sensor;
  const { capture: first } = await engine.start(order, grant);
  setBack = hour;
  const [stopped] = await engine.stop(first.id, grant);
  assert.equal(stopped?.state, 'stopped');
  setBack = 0;
  // The same second once more.
  const { capture: second } = await engine.start(order, grant);
  assert.notEqual(second.savefile, first.savefile);
  setBack = hour;
  const [again] = await engine.stop(null, grant);
  assert.equal(again?.id, second.id);
  assert.deepEqual(
    (await allOf(sensor)).map(({ id, state }) => `${id} ${state}`),
    ['c2 stopped', 'c1 stopped'],
  );
  assert.deepEqual(unsettled(sensor), []);
  const steps = await Array.fromAsync(engine.verifyAudit(null, grant, new AbortController().signal));
  assert.partialDeepStrictEqual(steps.at(-1), { step: 'ended', broken: null });
});

test('a stop whose pid is somebody else by now signals nobody, and tells that the capture had died', async (t) => {
  const sensor = openSensor();
  t.after(() => sensor.close());
  const { engine, grant } = sensor;
  const { capture } = await engine.start(order, grant);
  for (const pid of tcpdumpsOf(sensor.directory)) process.kill(pid, 'SIGKILL');
  await until('tcpdump to be gone', () => tcpdumpsOf(sensor.directory).length === 0);
  const bystander = spawn('sleep', ['600']);
  const ended = once(bystander, 'exit');
  t.after(async () => {
    bystander.kill();
    await ended;
  });
  const token = tokenOf(bystander.pid ?? 0) ?? '';
  const registry = new Database(join(sensor.config.state, 'registry.sqlite'));
  registry
    .prepare(`UPDATE captures SET tcpdump = ?, state = 'stopping', why = 'stopped by grant', owner = '1/gone/0'`)
    .run(token.replace(/\d+$/, '1'));
  registry.close();
  await engine.reconcile();
  assert.ok(isAlive(token), 'the bystander was ended');
  const told = engine.peek(capture.id);
  assert.equal(told?.state, 'died');
  assert.match(told.why ?? '', /^tcpdump was killed, .*; found when it was stopped by grant/);
});
