import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Capture } from '../../src/capture/capture.ts';
import type { SearchStep } from '../../src/capture/orders.ts';
import { pcap, sha256, udpFrame, udpPackets } from './pcaps.ts';
import { auditOf, openSensor, type Sensor, searched, unsettled } from './sensor.ts';

const from = 1_795_486_205_000_000;

/** A raw IPv4 packet: the frame without its Ethernet header. */
const raw = (count: number, { every = 1_000, nano = false } = {}) =>
  pcap(
    Array.from({ length: count }, (_, at) => ({
      at: from + 500 + at * every,
      nanos: nano ? 123 : 0,
      frame: udpFrame(4711, `raw ${at}`).subarray(14),
    })),
    { linktype: 101, nano },
  );

describe('a search that is to be joined', () => {
  let sensor: Sensor;
  beforeEach(() => {
    sensor = openSensor();
  });
  afterEach(() => sensor.close());

  const ringOfTwo = (nano = false) => {
    writeFileSync(`${sensor.ring}/daemonlogger.pcap.1795486205`, pcap(udpPackets(300, { from })));
    writeFileSync(`${sensor.ring}/daemonlogger.pcap.1795486206`, raw(219, { nano }));
  };
  const joinedIn = (steps: readonly SearchStep[]): Capture => {
    const last = steps.at(-1);
    assert.ok(last?.step === 'joined', last?.step);
    return last.capture;
  };

  for (const nano of [false, true]) {
    test(`has all packets of a ring of two linktypes in one pcapng, ${nano ? 'nanoseconds and all' : 'in time order'}`, async () => {
      ringOfTwo(nano);
      const capture = joinedIn(await searched(sensor, { join: true }));
      assert.deepEqual([capture.id, capture.state, capture.kind], ['c3', 'finished', 'past']);
      assert.equal(capture.why, 'joined: 519 packets of c1 and c2');
      assert.match(capture.savefile, /^grant_what\.happened\.joined_.*_\.past\.pcapng$/);
      assert.equal(capture.packets, 519);
      const bytes = readFileSync(capture.path);
      assert.equal(capture.sha256, sha256(bytes));
      assert.equal(capture.bytes, bytes.length);
      const info = execFileSync('capinfos', ['-Mcdtoe', capture.path], { env: { TZ: 'UTC' } }).toString();
      assert.match(info, /Number of packets: +519\n/);
      assert.match(info, new RegExp(`Data size: +${capture.facts?.dataBytes} `));
      assert.match(info, /Strict time order: +True/);
      assert.match(info, /File type: +pcapng/);
      assert.equal(capture.facts?.precision, nano ? 'nanoseconds' : 'microseconds');
      assert.equal(bytes.includes(sensor.directory), false, 'no path of the sensor is in it');
      const sidecar = JSON.parse(readFileSync(`${capture.path}.json`, 'utf8'));
      const parts = ['c1', 'c2'].map((id) => sensor.engine.peek(id));
      assert.deepEqual(
        sidecar.joined,
        parts.map((part) => ({
          capture: part?.id,
          savefile: part?.savefile,
          sha256: part?.sha256,
          bytes: part?.bytes,
          packets: part?.packets,
        })),
      );
      assert.deepEqual(
        parts.map((part) => part?.join),
        [1, 2].map(() => ({ join: 'into', capture: 'c3' })),
      );
      const verified = await Array.fromAsync(
        sensor.engine.verify({ selector: 'c3', hash: false }, sensor.grant, new AbortController().signal),
      );
      assert.equal(verified.find(({ step }) => step === 'ended')?.step === 'ended', true);
      assert.ok(verified.some((step) => step.step === 'verified' && step.verified.finding.finding === 'holds'));
      assert.deepEqual(unsettled(sensor), []);
      assert.ok(auditOf(sensor).some(({ verb, capture: of }) => verb === 'join' && of === 'c3'));
      const left = readdirSync(sensor.captures).filter((name) => name.includes('processing'));
      assert.deepEqual(left, []);
    });
  }

  test('of one linktype says that there is nothing to join, and makes nothing', async () => {
    writeFileSync(`${sensor.ring}/daemonlogger.pcap.1795486205`, pcap(udpPackets(3)));
    const last = (await searched(sensor, { join: true })).at(-1);
    assert.ok(last?.step === 'not joined');
    assert.equal(last.why, 'nothing to join: c1 has the only savefile');
    assert.equal(readdirSync(sensor.captures).length, 2);
    assert.deepEqual(sensor.engine.peek('c1')?.join, { join: 'none', why: last.why });
  });

  test('is a pcap where only one linktype has packets of the expression', async () => {
    ringOfTwo();
    const capture = joinedIn(await searched(sensor, { join: true, expression: 'udp port 4711 and greater 45' }));
    assert.match(capture.savefile, /_\.past\.pcap(ng)?$/);
    const [one, two] = ['c1', 'c2'].map((id) => sensor.engine.peek(id)?.packets ?? 0);
    assert.ok((one ?? 0) > 0);
    assert.equal(two, 0);
    assert.match(capture.savefile, /_\.past\.pcap$/);
    assert.equal(capture.facts?.linktype, 1);
    assert.equal(capture.packets, one);
  });

  for (const [what, meddle, words] of [
    [
      'changed',
      (path: string) => writeFileSync(path, 'x', { flag: 'a' }),
      /the savefile of c1 is not what it was when it ended/,
    ],
    ['taken away', (path: string) => rmSync(path), /the savefile of c1 is gone/],
  ] as const) {
    test(`is not made of a savefile that was ${what} meanwhile, and says so`, async () => {
      ringOfTwo();
      const steps: SearchStep[] = [];
      const order = { description: 'x', expression: 'everything', window: { since: null, until: null }, join: true };
      for await (const step of sensor.engine.search(order, sensor.grant, new AbortController().signal)) {
        steps.push(step);
        const first = sensor.engine.peek('c1');
        if (step.step === 'ended' && step.capture.id === 'c2' && first !== undefined) meddle(first.path);
      }
      const capture = joinedIn(steps);
      assert.equal(capture.state, 'failed');
      assert.match(capture.why ?? '', words);
      assert.equal(existsSync(capture.path), false);
      assert.deepEqual(unsettled(sensor), []);
    });
  }

  test('without mergecap says so in words, and how to join by hand', async (t) => {
    ringOfTwo();
    const bin = `${sensor.directory}/bin`;
    execFileSync('sh', [
      '-c',
      `mkdir ${bin}; for tool in nice setpriv tcpdump ionice; do ln -s $(command -v $tool) ${bin}/; done`,
    ]);
    const { PATH } = process.env;
    t.after(() => {
      process.env.PATH = PATH;
    });
    process.env.PATH = bin;
    const capture = joinedIn(await searched(sensor, { join: true }));
    assert.equal(capture.state, 'failed');
    assert.match(
      capture.why ?? '',
      /^not joined: mergecap is not installed \(Debian: apt install wireshark-common\); by hand: mergecap -F pcapng -w FILE grant_\S+\.pcap grant_\S+\.pcap$/,
    );
    assert.deepEqual(unsettled(sensor), []);
  });
});
