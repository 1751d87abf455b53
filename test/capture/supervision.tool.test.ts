import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { execa } from 'execa';
import type { Capture } from '../../src/capture/capture.ts';
import type { StartOrder } from '../../src/capture/orders.ts';
import { sinceBoot } from '../../src/capture/process.ts';
import { longestDuration } from '../../src/capture/quantities.ts';
import { openRegistry } from '../../src/capture/registry.ts';
import { reboot } from './reboot.ts';
import { openSensor, type Sensor, tcpdumpsOf } from './sensor.ts';
import { until } from './wait.ts';

const hour = 3_600_000;
const supervisorMain = fileURLToPath(new URL('../../src/supervisor/main.ts', import.meta.url));

function order(differing: Partial<StartOrder> = {}): StartOrder {
  return { description: 'limits', expression: 'udp port 9', ...differing };
}

/** Runs the engine's supervisor in this process until `what` holds. */
async function supervised(sensor: Sensor, what: () => Promise<boolean> | boolean): Promise<void> {
  const stop = new AbortController();
  const done = sensor.engine.supervise(false, stop.signal);
  try {
    await until('the supervisor to see to it', what);
  } finally {
    stop.abort();
    await done;
  }
}

function ended(sensor: Sensor, { id }: Capture): () => boolean {
  return () => sensor.engine.peek(id)?.endedAt != null;
}

describe('a limit of time', () => {
  test('ends a capture on a quiet link, says so, and keeps its facts', async (t) => {
    const sensor = openSensor();
    t.after(() => sensor.close());
    const { capture } = await sensor.engine.start(order({ duration: 1_000 }), sensor.grant);
    await supervised(sensor, ended(sensor, capture));
    const now = sensor.engine.peek(capture.id);
    assert.equal(now?.state, 'finished');
    assert.equal(now.why, 'its time was over: 1s from its start');
    assert.equal(now.counts?.captured, 0);
    assert.match(now.sha256 ?? '', /^[0-9a-f]{64}$/);
  });

  test('holds although the clock on the wall is set back an hour', async (t) => {
    let setBack = 0;
    const sensor = openSensor({}, () => Date.now() - setBack);
    t.after(() => sensor.close());
    const { capture } = await sensor.engine.start(order({ duration: 1_500 }), sensor.grant);
    setBack = hour;
    await supervised(sensor, ended(sensor, capture));
    assert.match(sensor.engine.peek(capture.id)?.why ?? '', /its time was over/);
  });

  test('is not reached early because the clock on the wall is set forward', async (t) => {
    let setForward = 0;
    const sensor = openSensor({}, () => Date.now() + setForward);
    t.after(() => sensor.close());
    const { capture } = await sensor.engine.start(order({ duration: 20 * 60_000 }), sensor.grant);
    setForward = hour;
    let looks = 0;
    await supervised(sensor, () => ++looks > 30);
    assert.equal(sensor.engine.peek(capture.id)?.state, 'running');
  });

  test('is asked about before it comes, once, and moves when it is extended', async (t) => {
    let later = 0;
    const sensor = openSensor(
      {},
      () => Date.now() + later,
      () => sinceBoot() + later,
    );
    t.after(() => sensor.close());
    const { capture } = await sensor.engine.start(order({ duration: hour }), sensor.grant);
    later = 51 * 60_000;
    await supervised(sensor, () => sensor.engine.peek(capture.id)?.limits.near === true);
    const extended = await sensor.engine.extend(capture.id, hour, sensor.grant);
    assert.equal(extended.limits.deadline, (capture.limits.deadline ?? 0) + hour);
    assert.equal(extended.limits.near, false);
  });

  test('of a short run is not asked about: nobody could answer in time', async (t) => {
    let later = 0;
    const sensor = openSensor(
      {},
      () => Date.now() + later,
      () => sinceBoot() + later,
    );
    t.after(() => sensor.close());
    const { capture } = await sensor.engine.start(order({ duration: 2 * 60_000 }), sensor.grant);
    later = 100_000;
    let looks = 0;
    await supervised(sensor, () => ++looks > 30);
    assert.equal(sensor.engine.peek(capture.id)?.state, 'running');
    assert.equal(sensor.engine.peek(capture.id)?.limits.near, false);
  });

  test('that was held late says when it was over, and until when the capture went on', async (t) => {
    let later = 0;
    const sensor = openSensor(
      {},
      () => Date.now() + later,
      () => sinceBoot() + later,
    );
    t.after(() => sensor.close());
    const { capture } = await sensor.engine.start(order({ duration: hour }), sensor.grant);
    later = hour + 7 * 60_000;
    await supervised(sensor, ended(sensor, capture));
    const said =
      /^its time was over: 1h from its start, at (.+ UTC); nobody looked after it until (.+ UTC): it captured until then$/;
    const [, over = '', until = ''] = said.exec(sensor.engine.peek(capture.id)?.why ?? '') ?? [];
    const seconds = (Date.parse(until) - Date.parse(over)) / 1_000;
    assert.ok(seconds >= 7 * 60 && seconds < 7 * 60 + 30, `${over} to ${until}`);
    assert.ok(Math.abs(Date.parse(over) - (capture.limits.deadline ?? 0)) < 2_000, over);
  });

  test('that was moved is no reason to end for whoever saw it before', async (t) => {
    const sensor = openSensor();
    t.after(() => sensor.close());
    const { capture } = await sensor.engine.start(order({ duration: hour }), sensor.grant);
    const database = new Database(join(sensor.config.state, 'registry.sqlite'));
    t.after(() => database.close());
    const { markStopping } = openRegistry(database, sensor.captures, 'a supervisor');
    const { deadline } = capture.limits;
    assert.ok(deadline);
    const { limits } = await sensor.engine.extend(capture.id, 1_000, sensor.grant);
    assert.equal(markStopping(capture.id, { ending: 'finished', why: 'its time was over', deadline }), false);
    assert.equal(sensor.engine.peek(capture.id)?.state, 'running');
    const moved = limits.deadline ?? 0;
    assert.equal(markStopping(capture.id, { ending: 'finished', why: 'its time was over', deadline: moved }), true);
    await assert.rejects(sensor.engine.extend(capture.id, 1_000, sensor.grant), { code: 'conflict' });
  });

  test('that was moved since somebody saw it is neither moved nor stopped by their click', async (t) => {
    const sensor = openSensor();
    t.after(() => sensor.close());
    const { engine, grant, will } = sensor;
    const { capture } = await engine.start(order({ duration: hour }), will);
    const seen = capture.limits.deadline ?? 0;
    const answers = [grant, will].map((person) => engine.extend(capture.id, hour, person, seen));
    const came = await Promise.allSettled(answers);
    assert.deepEqual(came.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    assert.equal(engine.peek(capture.id)?.limits.deadline, seen + hour);
    await assert.rejects(engine.stop(capture.id, will, seen), {
      code: 'conflict',
      message: /^c1 was extended already: it goes on until .* UTC$/,
    });
    assert.equal(engine.peek(capture.id)?.state, 'running');
    const [stopped] = await engine.stop(capture.id, will, seen + hour);
    assert.equal(stopped?.why, 'stopped by will');
  });

  test('is moved by an analyst up to what the configuration gives a capture from its start, by a lead beyond', async (t) => {
    const sensor = openSensor();
    t.after(() => sensor.close());
    const { engine, grant, will } = sensor;
    const { capture } = await engine.start(order({ duration: 22 * hour }), will);
    await engine.extend(capture.id, hour, will);
    await assert.rejects(engine.extend(capture.id, 2 * hour, will), {
      code: 'not_allowed',
      message:
        'only a lead may have a capture run for longer than 1d from its start (limits.duration): extend it by 1h at most, or ask a lead',
    });
    await engine.extend(capture.id, hour, will);
    await assert.rejects(engine.extend(capture.id, 1_000, will), {
      code: 'not_allowed',
      message: /: it has all of that, or ask a lead$/,
    });
    const extended = await engine.extend(capture.id, 48 * hour, grant);
    assert.equal(extended.limits.deadline, capture.startedAt + 72 * hour);
    await assert.rejects(engine.extend(capture.id, longestDuration, grant), {
      code: 'bad_request',
      message: /^nothing captures for longer than 36500d: extend it by 36497d at most$/,
    });
  });

  test('beyond the configuration is for leads', async (t) => {
    const sensor = openSensor();
    t.after(() => sensor.close());
    const long = order({ duration: 25 * hour });
    await assert.rejects(sensor.engine.start(long, sensor.will), {
      code: 'not_allowed',
      message: /only a lead.*limits\.duration/,
    });
    const { capture } = await sensor.engine.start(long, sensor.grant);
    assert.equal(capture.limits.deadline, capture.startedAt + 25 * hour);
  });
});

test('a limit of packets is met to the packet', async (t) => {
  const sensor = openSensor();
  t.after(() => sensor.close());
  const { capture } = await sensor.engine.start(order({ packets: 3 }), sensor.grant);
  for (let sent = 0; sent < 8; sent += 1) await execa('bash', ['-c', 'echo x > /dev/udp/127.0.0.1/9']);
  await supervised(sensor, ended(sensor, capture));
  const now = sensor.engine.peek(capture.id);
  assert.deepEqual([now?.state, now?.packets, now?.why], ['finished', 3, 'its limit of 3 packets was reached']);
});

test('a limit of size ends a capture soon after it is reached', async (t) => {
  const sensor = openSensor();
  t.after(() => sensor.close());
  const { capture } = await sensor.engine.start(order({ maxBytes: 500 }), sensor.grant);
  for (let sent = 0; sent < 12; sent += 1) await execa('bash', ['-c', 'echo x > /dev/udp/127.0.0.1/9']);
  await supervised(sensor, ended(sensor, capture));
  const now = sensor.engine.peek(capture.id);
  assert.equal(now?.state, 'finished');
  assert.match(now.why ?? '', /its limit of 0.5kB was reached/);
  assert.equal(now.packets, 12);
});

test('one analyst may have as many captures running as the configuration says, also when two start at once', async (t) => {
  const sensor = openSensor({ limits: { duration: hour, size: 1e9, perAnalyst: 2, freeSpace: 1, search: 100e9 } });
  t.after(() => sensor.close());
  const starts = await Promise.allSettled([1, 2, 3, 4].map(() => sensor.engine.start(order(), sensor.will)));
  assert.equal(starts.filter(({ status }) => status === 'fulfilled').length, 2);
  for (const start of starts) {
    if (start.status === 'rejected')
      assert.match(String(start.reason), /will has 2 captures running \(c\d+, c\d+\), and 2 is the limit/);
  }
  assert.equal(tcpdumpsOf(sensor.directory).length, 2);
});

test('below the floor of free space nothing starts, and what runs ends, the largest first, with numbers', async (t) => {
  const disk = join('/tmp', `capture-floor-${process.pid}`);
  mkdirSync(disk);
  await execa('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', disk]);
  const sensor = openSensor({
    captures: join(disk, 'captures'),
    limits: { duration: hour, size: 1e9, perAnalyst: 5, freeSpace: 4e6, search: 100e9 },
  });
  t.after(async () => {
    await sensor.close();
    await execa('umount', [disk]);
    await execa('rmdir', [disk]);
  });
  const { capture: small } = await sensor.engine.start(order({ expression: 'udp port 10' }), sensor.grant);
  const { capture: large } = await sensor.engine.start(order(), sensor.grant);
  await execa('bash', ['-c', 'echo x > /dev/udp/127.0.0.1/9']);
  writeFileSync(join(disk, 'filler'), Buffer.alloc(5_000_000));
  await supervised(sensor, ended(sensor, large));
  assert.match(
    sensor.engine.peek(large.id)?.why ?? '',
    /ended as the largest running capture: .*MB is free on the disk.*4MB must stay free/,
  );
  await assert.rejects(sensor.engine.start(order(), sensor.grant), {
    code: 'no_room',
    message: /must stay free \(limits\.freeSpace\)/,
  });
  await supervised(sensor, ended(sensor, small));
});

test("kernel drops are known while a capture runs: tcpdump's counts are in the registry before it ends", async (t) => {
  const sensor = openSensor();
  t.after(() => sensor.close());
  const { capture } = await sensor.engine.start(order(), sensor.grant);
  await execa('bash', ['-c', 'echo x > /dev/udp/127.0.0.1/9']);
  await supervised(sensor, () => sensor.engine.peek(capture.id)?.counts !== null);
  assert.equal(sensor.engine.peek(capture.id)?.counts?.droppedByKernel, 0);
  assert.equal(sensor.engine.peek(capture.id)?.state, 'running');
});

describe('the supervisor that a start leaves behind', () => {
  function leave({ directory, config }: Sensor): ChildProcess {
    const file = join(directory, 'capture.yml');
    const analysts = [{ name: 'grant', role: 'lead', login: ['root'] }];
    const { state, captures, interfaces, limits } = config;
    writeFileSync(
      file,
      JSON.stringify({
        sensor: 'bench-1',
        state,
        captures,
        interfaces,
        analysts,
        limits: { freeSpace: limits.freeSpace },
      }),
    );
    return spawn(process.execPath, [supervisorMain, '--until-idle', '--config', file], {
      stdio: 'ignore',
      cwd: dirname(file),
    });
  }

  test('holds limits while nobody else is there, and ends with the last capture', async (t) => {
    const sensor = openSensor();
    t.after(() => sensor.close());
    const { capture } = await sensor.engine.start(order({ duration: 2_000 }), sensor.grant);
    const supervisor = leave(sensor);
    const [code] = await once(supervisor, 'exit');
    assert.equal(code, 0);
    assert.equal(sensor.engine.peek(capture.id)?.state, 'finished');
  });

  test('is the only one: a second ends at once; a killed one is replaced', async (t) => {
    const sensor = openSensor();
    t.after(() => sensor.close());
    const { capture } = await sensor.engine.start(order({ duration: 60_000 }), sensor.grant);
    const first = leave(sensor);
    const holder = () => {
      const registry = new Database(join(sensor.config.state, 'registry.sqlite'), { readonly: true });
      const row = registry.prepare<[], { holder: string }>('SELECT holder FROM lease').get();
      registry.close();
      return Number(row?.holder.split('/')[0] ?? 0);
    };
    await until('the first to hold the lease', () => holder() === first.pid);
    const [second] = await once(leave(sensor), 'exit');
    assert.equal(second, 0);
    assert.equal(holder(), first.pid);
    first.kill('SIGKILL');
    await once(first, 'exit');
    const third = leave(sensor);
    await until('the third to hold the lease', () => holder() === third.pid);
    await sensor.engine.stop(capture.id, sensor.grant);
    await once(third, 'exit');
  });
});

describe('a reboot', () => {
  test('ends a capture, told; one that is kept goes on as a further savefile of the same capture', async (t) => {
    const sensor = openSensor();
    t.after(() => sensor.close());
    const { capture: plain } = await sensor.engine.start(order({ description: 'plain' }), sensor.grant);
    const { capture: kept } = await sensor.engine.start(order({ description: 'kept', keep: true }), sensor.grant);
    await reboot(sensor.config.state);
    await sensor.engine.reconcile();
    assert.match(sensor.engine.peek(plain.id)?.why ?? '', /the sensor was started again/);
    assert.equal(sensor.engine.peek(plain.id)?.state, 'died');
    const further = sensor.engine.peek(kept.id);
    assert.equal(further?.state, 'running');
    assert.notEqual(further.savefile, kept.savefile);
    assert.deepEqual(
      further.earlier.map(({ savefile }) => savefile),
      [kept.savefile],
    );
    assert.match(further.earlier[0]?.sha256 ?? '', /^[0-9a-f]{64}$/);
    const [stopped] = await sensor.engine.stop(kept.id, sensor.grant);
    assert.equal(stopped?.state, 'stopped');
  });

  test('leaves a kept capture what is left of its limits, and no more', async (t) => {
    const sensor = openSensor();
    t.after(() => sensor.close());
    const send = (packets: number, port: number) =>
      execa('bash', ['-c', `for i in $(seq ${packets}); do echo x > /dev/udp/127.0.0.1/${port}; done`]);
    const kept = (port: number, limits: Partial<StartOrder>) =>
      sensor.engine.start(order({ keep: true, expression: `udp port ${port}`, ...limits }), sensor.grant);
    const { capture: packets } = await kept(9, { packets: 5 });
    const { capture: bytes } = await kept(10, { maxBytes: 200 });
    const sized = ({ id }: Capture, least: number) =>
      until('the packets to be in the file', () => (sensor.engine.peek(id)?.bytes ?? 0) > least);
    await Promise.all([send(2, 9), send(4, 10)]);
    await Promise.all([sized(packets, 100), sized(bytes, 200)]);
    await reboot(sensor.config.state);
    await until('every tcpdump to be gone', () => tcpdumpsOf(sensor.directory).length === 0);
    await sensor.engine.reconcile();
    assert.partialDeepStrictEqual(sensor.engine.peek(bytes.id), {
      state: 'finished',
      packets: 4,
      earlier: [],
      savefile: bytes.savefile,
    });
    assert.match(
      sensor.engine.peek(bytes.id)?.why ?? '',
      /^its limit of 0.2kB was reached before the sensor was started again/,
    );
    await send(8, 9);
    await supervised(sensor, ended(sensor, packets));
    const { state, packets: further, earlier, why } = sensor.engine.peek(packets.id) ?? {};
    assert.deepEqual([state, earlier?.map((one) => one.packets), further], ['finished', [2], 3]);
    assert.equal(why, 'its limit of 5 packets was reached, all its savefiles together');
  });

  test('leaves the name of an earlier savefile taken, although that is deleted', async (t) => {
    const from = Date.now();
    const sensor = openSensor({}, () => from);
    t.after(() => sensor.close());
    const words = order({ description: 'same second', keep: true });
    const { capture } = await sensor.engine.start(words, sensor.grant);
    await reboot(sensor.config.state);
    await until('every tcpdump to be gone', () => tcpdumpsOf(sensor.directory).length === 0);
    await sensor.engine.reconcile();
    rmSync(capture.path);
    const { capture: next } = await sensor.engine.start(words, sensor.grant);
    const further = sensor.engine.peek(capture.id)?.savefile;
    assert.equal(new Set([capture.savefile, further, next.savefile]).size, 3);
  });

  test('a kept capture whose time was over meanwhile ends instead', async (t) => {
    let later = 0;
    const sensor = openSensor({}, () => Date.now() + later);
    t.after(() => sensor.close());
    const { capture } = await sensor.engine.start(order({ keep: true, duration: hour }), sensor.grant);
    await reboot(sensor.config.state);
    later = 2 * hour;
    await sensor.engine.reconcile();
    assert.deepEqual([sensor.engine.peek(capture.id)?.state, tcpdumpsOf(sensor.directory)], ['finished', []]);
  });
});
