import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { isOpen } from '../../src/capture/capture.ts';
import { otherProcess } from './other-process.ts';
import { pcap, sha256, udpFrame, udpPackets } from './pcaps.ts';
import { allOf, argumentsOf, auditOf, openSensor, type Sensor, unsettled } from './sensor.ts';
import { until } from './wait.ts';

/** More of them find rarer instants: CAPTURE_ROUNDS=100. */
const rounds = Number(process.env.CAPTURE_ROUNDS ?? 8);
const packets = 40_000;

describe('a joined savefile that is owed', () => {
  let sensor: Sensor;
  beforeEach(() => {
    sensor = openSensor();
    writeFileSync(`${sensor.ring}/daemonlogger.pcap.1795486205`, pcap(udpPackets(packets)));
    const raw = Array.from({ length: packets }, (_, at) => ({
      at: 1_795_486_205_000_500 + at * 1_000,
      frame: udpFrame(4711, `raw ${at}`).subarray(14),
    }));
    writeFileSync(`${sensor.ring}/daemonlogger.pcap.1795486206`, pcap(raw, { linktype: 101 }));
  });
  afterEach(() => sensor.close());

  /** A search of both linktypes whose reader walks away before they are joined. */
  const owe = async () => {
    const order = { description: 'owed', expression: 'everything', window: { since: null, until: null }, join: true };
    let searches = 0;
    for await (const { step } of sensor.engine.search(order, sensor.grant, new AbortController().signal)) {
      if (step === 'ended') searches += 1;
      if (searches === 2) break;
    }
  };
  const supervise = () => sensor.engine.supervise(true, new AbortController().signal);
  const mergecaps = () =>
    readdirSync('/proc')
      .map(Number)
      .filter(Number.isInteger)
      .filter(
        (pid) => argumentsOf(pid).includes('-w') && argumentsOf(pid).some((word) => word.startsWith(sensor.captures)),
      );
  const isWhole = async (times: number) => {
    const captures = await allOf(sensor);
    const joined = captures.filter((capture) => capture.joined !== null);
    assert.equal(joined.length, times);
    for (const { state, why, path, sha256: digest, packets: found } of joined) {
      assert.deepEqual([state, found], ['finished', 2 * packets], why ?? '');
      assert.equal(sha256(readFileSync(path)), digest);
    }
    const newest = joined[0]?.path ?? '';
    assert.match(execFileSync('capinfos', ['-co', newest]).toString(), /packets: +80 ?k|packets: +80000/);
    const known = new Set(captures.flatMap(({ savefile }) => [savefile, `${savefile}.json`]));
    assert.deepEqual(
      readdirSync(sensor.captures).filter((name) => !known.has(name)),
      [],
    );
    assert.deepEqual(unsettled(sensor), []);
    const told = auditOf(sensor).filter(({ verb }) => verb === 'join');
    assert.equal(told.length, times);
    assert.deepEqual(sensor.errors, []);
  };

  test('is made once, by whoever comes next, whenever the process that makes it is killed', async () => {
    await owe();
    const begun = otherProcess(sensor.directory, 'supervise');
    await begun.said('ready');
    const from = performance.now();
    await begun.said('done');
    const whole = performance.now() - from;
    await isWhole(1);
    const midway = new Set<boolean>();
    for (let round = 0; round < rounds; round += 1) {
      await owe();
      const other = otherProcess(sensor.directory, 'supervise');
      await other.said('ready');
      const isBegun = async () => (await allOf(sensor)).some(({ state, joined }) => joined !== null && isOpen(state));
      // One is in the middle for sure. For the others it is no wait for something: the instants are the test.
      if (round === 0) await until('it is begun', isBegun);
      else await pause(((round + 0.5) / rounds) * whole);
      other.kill();
      await other.ended;
      await until('no mergecap outlives its process', () => mergecaps().length === 0);
      midway.add(await isBegun());
      await supervise();
      await isWhole(round + 2);
    }
    assert.ok(midway.has(true), 'it was killed in the middle at least once');
  });

  test('is made once where several processes come at the same time', async () => {
    await owe();
    const others = [1, 2].map(() => otherProcess(sensor.directory, 'supervise'));
    await Promise.all([...others.map(({ ended }) => ended), supervise()]);
    await until('it is there', async () => {
      await supervise();
      return (await allOf(sensor)).some(({ joined, state }) => joined !== null && !isOpen(state));
    });
    await isWhole(1);
  });

  test('is given up by a stop, whoever made it, and its parts stay', async () => {
    await owe();
    const other = otherProcess(sensor.directory, 'supervise');
    await until('it is begun', () => sensor.engine.peek('c3')?.state === 'running');
    other.kill();
    await other.ended;
    const [stopped] = await sensor.engine.stop('c3', sensor.grant);
    assert.deepEqual([stopped?.state, stopped?.why], ['failed', 'not joined: stopped by grant']);
    await supervise();
    assert.equal(readdirSync(sensor.captures).length, 4);
    assert.deepEqual(
      ['c1', 'c2'].map((id) => sensor.engine.peek(id)?.state),
      ['finished', 'finished'],
    );
    assert.deepEqual(unsettled(sensor), []);
  });
});
