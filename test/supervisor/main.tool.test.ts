import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { isAlive, pidOf } from '../../src/capture/process.ts';
import { until } from '../capture/wait.ts';
import { openSensor, type Sensor } from '../doctor/sensor.ts';

const main = fileURLToPath(new URL('../../src/supervisor/main.ts', import.meta.url));

describe('the supervisor of the unit', () => {
  test('goes on when nothing runs, looks after what comes, and ends when it is told to, the lease given back', async (t) => {
    const sensor = openSensor(t);
    await sensor.capture('list');
    const { supervisor, said } = supervise(t, sensor);
    await until('it to hold the lease', () => holder(sensor) === supervisor.pid);
    await sensor.capture('start', '-d', 'short', '--for', '1s', 'udp port 40421');
    await until('the limit to hold', () => inRegistry(sensor, 'SELECT state FROM captures') === 'finished');
    assert.equal(holder(sensor), supervisor.pid, 'it holds the lease although nothing runs');
    supervisor.kill('SIGTERM');
    assert.deepEqual(await once(supervisor, 'exit'), [0, null]);
    assert.equal(holder(sensor), undefined);
    assert.equal(said(), '');
  });

  test('starts a kept capture again after a reboot although nobody types anything', async (t) => {
    const sensor = openSensor(t);
    await sensor.capture('start', '-d', 'kept', '--keep', 'udp port 40422');
    const left = await until('somebody to be left behind', () => holder(sensor));
    for (const pid of [left, pidOf(tcpdumpOf(sensor))]) process.kill(pid, 'SIGKILL');
    reboot(sensor);
    const { supervisor } = supervise(t, sensor);
    await until('it to run again', () => isAlive(tcpdumpOf(sensor)));
    assert.equal((await sensor.capture('stop', 'kept')).code, 0);
    supervisor.kill('SIGTERM');
    await once(supervisor, 'exit');
  });

  test('takes over where the one that was left behind is told to end', async (t) => {
    const sensor = openSensor(t);
    await sensor.capture('start', '-d', 'both', 'udp port 40423');
    const left = await until('somebody to be left behind', () => holder(sensor));
    const { supervisor } = supervise(t, sensor);
    process.kill(left, 'SIGTERM');
    await until('it to hold the lease', () => holder(sensor) === supervisor.pid);
    supervisor.kill('SIGTERM');
    await once(supervisor, 'exit');
  });

  test('leaves somebody behind when it is told to end while a capture runs, and limits hold', async (t) => {
    const sensor = openSensor(t);
    await sensor.capture('start', '-d', 'goes on', '--for', '1h', 'udp port 40426');
    const left = await until('somebody to be left behind', () => holder(sensor));
    const { supervisor } = supervise(t, sensor);
    process.kill(left, 'SIGTERM');
    await until('it to hold the lease', () => holder(sensor) === supervisor.pid);
    supervisor.kill('SIGTERM');
    assert.deepEqual(await once(supervisor, 'exit'), [0, null]);
    await until('somebody else to hold the lease', () => holder(sensor));
    limitTo(sensor, 1_000);
    await until('the limit to hold', () => inRegistry(sensor, 'SELECT state FROM captures') === 'finished');
    await until('nobody to be there any more', () => holder(sensor) === undefined);
  });

  test('says what is wrong with the configuration on the standard error, and ends with the status that the unit does not restart', async (t) => {
    const sensor = openSensor(t);
    writeFileSync(sensor.file, 'sensor: bench-1\n');
    const { supervisor, said } = supervise(t, sensor);
    assert.deepEqual(await once(supervisor, 'exit'), [64, null]);
    assert.match(said(), /"code":"bad_request".*interfaces: is missing/);
  });
});

describe('the supervisor that a start leaves behind', () => {
  test('writes what goes wrong into supervisor.log, which only its group may read, and goes on behind a cut', async (t) => {
    const sensor = openSensor(t);
    await sensor.capture('start', '-d', 'logged', 'udp port 40424');
    await until('somebody to be left behind', () => holder(sensor));
    const log = join(sensor.state, 'supervisor.log');
    assert.equal(statSync(log).mode & 0o777, 0o640);
    assert.equal(readFileSync(log, 'utf8'), '');
    writeFileSync(log, 'what was rotated away\n', { flag: 'a' });
    truncateSync(log);
    const left = holder(sensor);
    const locked = new Database(sensor.registry);
    t.after(() => locked.close());
    locked.exec('BEGIN IMMEDIATE');
    const said = await until(
      'it to say so',
      () => readFileSync(log, 'utf8').includes('\n') && readFileSync(log, 'utf8'),
    );
    locked.exec('ROLLBACK');
    assert.match(said, /^\{"level":40,"time":"\d{4}-\d\d-\d\dT[^"]+Z",.*has been locked by another process/);
    assert.doesNotMatch(said, /rotated away/);
    assert.equal(holder(sensor), left);
  });

  test('is left behind although its log cannot be written', async (t) => {
    const sensor = openSensor(t);
    // A directory in its place is refused to root, too.
    mkdirSync(join(sensor.state, 'supervisor.log'), { recursive: true });
    await sensor.capture('start', '-d', 'unlogged', 'udp port 40425');
    await until('somebody to be left behind', () => holder(sensor));
  });
});

/** Runs the supervisor as the unit does, and what it says on the standard error. */
function supervise(t: TestContext, { file }: Sensor): { supervisor: ChildProcess; said: () => string } {
  const supervisor = spawn(process.execPath, [main, '--config', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  t.after(() => supervisor.kill('SIGKILL'));
  let words = '';
  supervisor.stderr?.on('data', (bytes) => {
    words += bytes;
  });
  return { supervisor, said: () => words };
}

/** The process that looks after what runs; undefined where there is none. */
function holder(sensor: Sensor): number | undefined {
  const lease = inRegistry(sensor, 'SELECT holder FROM lease');
  return lease !== undefined && isAlive(lease) ? pidOf(lease) : undefined;
}

function tcpdumpOf(sensor: Sensor): string {
  return inRegistry(sensor, 'SELECT tcpdump FROM captures WHERE ended_at IS NULL') ?? '';
}

/** What the first row's one column says; undefined before there is one. */
function inRegistry({ registry }: Sensor, sql: string): string | undefined {
  if (!existsSync(registry)) return undefined;
  const database = new Database(registry, { readonly: true });
  try {
    return database.prepare<[], string>(sql).pluck().get();
  } finally {
    database.close();
  }
}

/** Gives what runs another limit of time from its start. */
function limitTo(sensor: Sensor, millis: number): void {
  const database = new Database(sensor.registry);
  database
    .prepare(
      'UPDATE captures SET deadline_uptime = deadline_uptime - deadline + started_at + :millis, deadline = started_at + :millis',
    )
    .run({ millis });
  database.close();
}

/** Makes the registry believe that its tcpdump ran before the sensor was last started. */
function reboot(sensor: Sensor): void {
  const [pid, , startedAt] = tcpdumpOf(sensor).split('/');
  const earlier = '00000000-0000-0000-0000-000000000000';
  const database = new Database(sensor.registry);
  database.prepare('UPDATE captures SET tcpdump = ?, boot = ?').run(`${pid}/${earlier}/${startedAt}`, earlier);
  database.close();
}
