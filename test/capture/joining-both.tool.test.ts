import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type Network, openNetwork } from '../../sandbox/network/network.ts';
import { type Daemonlogger, startDaemonlogger } from '../../sandbox/ring/daemonlogger.ts';
import type { BothStep } from '../../src/capture/orders.ts';
import { recordsOf } from './reference.ts';
import { auditOf, openSensor, type Sensor, tcpdumpsOf, unsettled } from './sensor.ts';
import { until } from './wait.ts';

const port = 47_121;

describe('both, joined', () => {
  let sensor: Sensor;
  let network: Network;
  let logger: Daemonlogger;
  beforeEach(async () => {
    sensor = openSensor();
    network = await openNetwork({ name: 'joined', kind: 'loopback' });
    logger = await startDaemonlogger({ network, interface: 'lo', directory: sensor.ring, fileSeconds: 2 });
  });
  afterEach(async () => {
    await logger.stop();
    await network.close();
    await sensor.close();
  });

  const send = (count: number) =>
    network.traffic.send({ count, to: network.hosts.shop, port, payload: 'both', perSecond: 400 });
  const both = () =>
    Array.fromAsync(
      sensor.engine.both(
        { description: 'beacon', expression: `udp port ${port}`, since: null, join: true, case: 'INC-7' },
        sensor.grant,
        new AbortController().signal,
      ),
    );
  const supervise = () => sensor.engine.supervise(true, new AbortController().signal);
  const ringHas = (count: number) =>
    until('the ring has a part of it', () => {
      const records = readdirSync(sensor.ring).map((name) => recordsOf(`${sensor.ring}/${name}`));
      return numbersIn(Buffer.concat(records)).length > count;
    });

  test('has each packet once, in time order, in one savefile that is made when the live capture ends', async () => {
    const sending = send(2_400);
    await ringHas(200);
    const steps: BothStep[] = await both();
    const last = steps.at(-1);
    assert.ok(last?.step === 'not joined');
    assert.equal(last.why, 'c1 and c2 are joined once c1 has ended');
    assert.deepEqual(sensor.engine.peek('c2')?.join, { join: 'awaited' });
    assert.equal((await sending).received, 2_400);
    await sensor.engine.stop('c1', sensor.grant);
    await supervise();
    const joined = sensor.engine.peek('c3');
    assert.partialDeepStrictEqual(joined, {
      state: 'finished',
      kind: 'past',
      analyst: 'grant',
      case: 'INC-7',
      expression: `udp port ${port}`,
      packets: 2_400,
    });
    assert.match(joined?.why ?? '', /^joined: 2,?.?400 packets of c1 and c2$/);
    assert.match(joined?.savefile ?? '', /^grant_beacon\.joined_.*_\.past\.pcap$/);
    const numbers = numbersIn(recordsOf(joined?.path ?? ''));
    assert.deepEqual(
      numbers,
      Array.from({ length: 2_400 }, (_, at) => at + 1),
    );
    assert.match(execFileSync('capinfos', ['-o', joined?.path ?? '']).toString(), /order: +True/);
    assert.ok(
      auditOf(sensor).some(({ verb, outcome, capture }) => verb === 'join' && outcome === 'noted' && capture === 'c3'),
    );
    assert.deepEqual(unsettled(sensor), []);
  });

  test('of a live capture that was killed has its whole packets, and says that it died', async () => {
    await send(200);
    await ringHas(50);
    await both();
    await send(200);
    for (const pid of tcpdumpsOf(sensor.directory)) process.kill(pid, 'SIGKILL');
    await supervise();
    const joined = sensor.engine.peek('c3');
    const parts = ['c1', 'c2'].map((id) => sensor.engine.peek(id)?.packets ?? 0);
    assert.equal(sensor.engine.peek('c1')?.state, 'died');
    assert.equal(joined?.state, 'finished', joined?.why ?? '');
    assert.match(joined?.why ?? '', /^joined: \d+ packets of c1 and c2; c1 died/);
    assert.equal(
      joined?.packets,
      parts.reduce((sum, one) => sum + one, 0),
    );
  });
});

/** The numbers that the datagrams carry at their end. */
function numbersIn(records: Buffer): number[] {
  return [...records.toString('latin1').matchAll(/both (\d{6})/g)].map(([, digits]) => Number(digits));
}
