import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setImmediate as otherWork, setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { isOpen } from '../../src/capture/capture.ts';
import { otherProcess } from './other-process.ts';
import { allOf, auditOf, openSensor, type Sensor, tcpdumpsOf, unsettled } from './sensor.ts';
import { until } from './wait.ts';

/** More of them find rarer instants: CAPTURE_ROUNDS=200. */
const rounds = Number(process.env.CAPTURE_ROUNDS ?? 10);

let sensor: Sensor;
beforeEach(() => {
  sensor = openSensor();
});
afterEach(() => sensor.close());

/** Registry, process table and directory say the same: nothing runs or lies there that nobody knows of. */
async function isWhole(): Promise<void> {
  const captures = await allOf(sensor);
  const running = captures.filter(({ state }) => isOpen(state));
  assert.ok(
    running.every(({ state }) => state === 'running'),
    running.map(({ state }) => state).join(),
  );
  const pids = tcpdumpsOf(sensor.directory);
  assert.equal(pids.length, running.length, `tcpdumps ${pids}, running ${running.map(({ id }) => id)}`);
  const known = new Set(captures.flatMap(({ savefile }) => [savefile, `${savefile}.json`]));
  assert.deepEqual(
    readdirSync(sensor.captures).filter((name) => !known.has(name)),
    [],
  );
  assert.deepEqual(unsettled(sensor), []);
  assert.deepEqual(sensor.errors, []);
}

describe('a process that is killed', () => {
  test('while it starts a capture, at any instant, leaves nothing that the next one does not know of', async () => {
    const { engine, grant } = sensor;
    const begun = otherProcess(sensor.directory, 'start');
    await begun.said('ready');
    const from = performance.now();
    await begun.said('done');
    // What a whole start takes here and now, so that the instants fall all over it.
    const whole = performance.now() - from;
    const states = new Set<string>();
    let seed = 4711;
    for (let round = 0; round < rounds; round += 1) {
      const before = (await allOf(sensor)).length;
      const other = otherProcess(sensor.directory, 'start');
      await other.said('ready');
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      // Not a wait for something: the instants are the test.
      await pause(((round + (seed % 1_000) / 1_000) / rounds) * whole * 1.2);
      other.kill();
      await other.ended;
      await engine.reconcile();
      await isWhole();
      const captures = await allOf(sensor);
      states.add(captures.length === before ? 'none' : (captures[0]?.state ?? 'none'));
    }
    assert.ok(states.has('none') && states.has('running'), [...states].join());
    await engine.stop(null, grant).catch(() => undefined);
    await isWhole();
  });

  test('while it stops a capture has its stop finished, by whoever looks next', async () => {
    const { engine, grant } = sensor;
    for (let round = 0; round < 3; round += 1) {
      const { capture } = await engine.start({ description: 'x', expression: 'udp port 47111' }, grant);
      const other = otherProcess(sensor.directory, 'stop', { selector: capture.id });
      await until('its stop is claimed', () => engine.peek(capture.id)?.state === 'stopping');
      await pause(round * 550);
      other.kill();
      await other.ended;
      await engine.reconcile();
      const found = engine.peek(capture.id);
      assert.partialDeepStrictEqual(found, { state: 'stopped', packets: 0 });
      assert.ok(found?.sha256);
      await isWhole();
    }
  });

  test('while it stops a capture does not keep a second stop waiting', async () => {
    const { engine, grant, will } = sensor;
    await engine.start({ description: 'x', expression: 'udp port 47111', analyst: 'will' }, grant);
    const other = otherProcess(sensor.directory, 'stop', { selector: 'c1' });
    await until('its stop is claimed', () => engine.peek('c1')?.state === 'stopping');
    const second = engine.stop('c1', will);
    // It has looked by then, and waits for the first.
    await otherWork();
    other.kill();
    const [stopped] = await second;
    assert.equal(stopped?.state, 'stopped');
    await isWhole();
  });

  test('and whose pid is somebody else by now costs nobody a signal', async () => {
    const { engine, grant } = sensor;
    const { capture } = await engine.start({ description: 'x', expression: 'udp port 47111' }, grant);
    const [pid] = tcpdumpsOf(sensor.directory);
    assert.ok(pid);
    // What a reboot leaves: a process of that pid that began at another time.
    const database = new Database(`${sensor.config.state}/registry.sqlite`);
    const recorded = database.prepare<[], string>('SELECT tcpdump FROM captures').pluck().get() ?? '';
    database.prepare('UPDATE captures SET tcpdump = ?').run(recorded.replace(/\d+$/, '1'));
    await engine.reconcile();
    assert.equal(engine.peek(capture.id)?.state, 'died');
    assert.deepEqual(tcpdumpsOf(sensor.directory), [pid]);
    process.kill(pid, 'SIGINT');
    await until('it has ended', () => tcpdumpsOf(sensor.directory).length === 0);
    database.close();
  });

  test('with an order in the audit log has it settled as unknown', async () => {
    const database = new Database(`${sensor.config.state}/registry.sqlite`);
    const other = otherProcess(sensor.directory, 'start');
    await other.said('done');
    await other.ended;
    await sensor.engine.stop(null, sensor.grant);
    // As if it had been killed between its entry and its act.
    const { openAudit } = await import('../../src/capture/audit.ts');
    const gone = openAudit(database, '999999999/boot/1', Date.now).ask('start', sensor.will);
    await sensor.engine.reconcile();
    const entry = auditOf(sensor).find(({ settles }) => settles === gone);
    assert.partialDeepStrictEqual(entry, { outcome: 'unknown', analyst: 'will', verb: 'start' });
    assert.match(entry?.detail ?? '', /ended before it could say/);
    database.close();
  });
});
