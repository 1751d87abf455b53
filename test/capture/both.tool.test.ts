import assert from 'node:assert/strict';
import { lstatSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type Network, openNetwork } from '../../sandbox/network/network.ts';
import { type Daemonlogger, startDaemonlogger } from '../../sandbox/ring/daemonlogger.ts';
import type { BothOrder, BothStep } from '../../src/capture/orders.ts';
import { sinceBoot } from '../../src/capture/process.ts';
import { bothAt, order, port } from './both-at.ts';
import { otherProcess } from './other-process.ts';
import { pcap, udpPackets } from './pcaps.ts';
import { recordsOf } from './reference.ts';
import { auditOf, openSensor, type Sensor, unsettled } from './sensor.ts';
import { until } from './wait.ts';

describe('both: a live capture, and the ring up to it', () => {
  let sensor: Sensor;
  let network: Network;
  let logger: Daemonlogger | undefined;
  /** Where the engine's uptime stands still: then no patience of its own ends a wait. */
  let stoodStill: number | undefined;

  beforeEach(async () => {
    stoodStill = undefined;
    sensor = openSensor({}, Date.now, () => stoodStill ?? sinceBoot());
    network = await openNetwork({ name: 'both', kind: 'loopback' });
  });
  afterEach(async () => {
    await logger?.stop();
    logger = undefined;
    await network.close();
    await sensor.close();
  });

  const both = (differing: Partial<BothOrder> = {}) =>
    sensor.engine.both({ ...order, ...differing }, sensor.grant, new AbortController().signal);
  const record = async () => {
    logger = await startDaemonlogger({ network, interface: 'lo', directory: sensor.ring, fileSeconds: 2 });
  };

  for (const perSecond of [20, 200, 2_000, 5_000]) {
    test(`has each of the packets that came before and after, at ${perSecond} a second, once and in order`, async () => {
      await record();
      const { steps, search, ...met } = await bothAt(sensor, network, perSecond);
      assert.deepEqual(
        steps.filter(({ step }) => step !== 'reached').map(({ step }) => step),
        ['started', 'waiting', 'planned', 'ended'],
      );
      assert.match(
        search.why ?? '',
        /^searched to its end, up to the live capture c1: (no packet was seen by both|\d+ packets? that both saw (is|are) in c1 alone)$/,
      );
      assert.deepEqual([met.twice, met.missing, met.inOrder], [[], [], true]);
      assert.ok(met.past > 0 && met.live > 0, `${met.past} past, ${met.live} live`);
      assert.equal(search.packets, met.past);
    });
  }

  test('cut off before its search began is told as that, with the live capture that goes on', async () => {
    await record();
    const { words } = sensor.grant;
    const slack = { door: 'slack', team: 'T1', user: 'U1', channel: 'C1' } as const;
    const since = Date.now();
    const actor = { ...sensor.grant, origin: slack };
    const aftermath = () => sensor.engine.aftermath({ origin: slack, words, since });
    for await (const step of sensor.engine.both(order, actor, new AbortController().signal))
      if (step.step === 'started') break;
    const cutOff = await aftermath();
    assert.deepEqual([cutOff.outcome, cutOff.unsearched?.id, cutOff.unsearched?.state], ['done', 'c1', 'running']);

    for await (const step of sensor.engine.both(order, actor, new AbortController().signal))
      if (step.step === 'waiting' || step.step === 'planned') break;
    const begun = await aftermath();
    assert.equal(begun.unsearched, null);
  });

  test('a packet that was really sent twice is kept twice', async () => {
    await record();
    let going = true;
    let sent = 0;
    const to = network.hosts.shop;
    const sendSome = async () => {
      const round = () => network.traffic.send({ count: 200, to, port, payload: `same ${sent}`, perSecond: 400 });
      await Promise.all([round(), round()]);
      sent += 400;
    };
    const sending = (async () => {
      while (going) await sendSome();
      await sendSome();
    })();
    try {
      await until('the ring has a part of it', () => numbersIn(recordsOfRing(sensor)).length > 200, 60_000);
      await Array.fromAsync(both());
    } finally {
      going = false;
      await sending;
    }
    const [live] = await sensor.engine.stop('c1', sensor.grant);
    const all = [recordsOf(sensor.engine.peek('c2')?.path ?? ''), recordsOf(live?.path ?? '')].flatMap(numbersIn);
    assert.equal(all.length, sent);
  });

  test('says so where the logger holds back what came before, whatever else happens in the ring and to the clock', async (t) => {
    const ringFile = `${sensor.ring}/daemonlogger.pcap.1795486205`;
    writeFileSync(ringFile, pcap(udpPackets(10)));
    const elsewhere = `${sensor.directory}/elsewhere`;
    writeFileSync(elsewhere, pcap(udpPackets(10, { from: (Date.now() + 3_600_000) * 1_000 })));
    symlinkSync(elsewhere, `${sensor.ring}/daemonlogger.pcap.1795486206`);
    const clock = Date.now;
    const meddle = setInterval(() => {
      const soon = new Date(clock() + 60_000);
      utimesSync(ringFile, soon, soon);
      writeFileSync(`${sensor.ring}/README`, `written at ${clock()}`);
      writeFileSync(`${sensor.ring}/copied.pcap`, pcap(udpPackets(10)));
    }, 500);
    t.after(() => clearInterval(meddle));
    const steps: BothStep[] = [];
    for await (const step of both()) {
      steps.push(step);
      if (step.step === 'waiting') t.mock.method(Date, 'now', () => clock() - 3_600_000);
    }
    assert.match(
      steps.at(-1)?.capture.why ?? '',
      /; in 10 s the logger wrote no packet from after it: what it held back then is missing/,
    );
  });

  describe('while it waits for the logger', () => {
    const waiting = async (signal = new AbortController().signal) => {
      writeFileSync(`${sensor.ring}/daemonlogger.pcap.1795486205`, pcap(udpPackets(10)));
      const steps = sensor.engine.both(order, sensor.grant, signal)[Symbol.asyncIterator]();
      assert.equal((await steps.next()).value?.step, 'started');
      assert.equal((await steps.next()).value?.step, 'waiting');
      stoodStill = sinceBoot();
      return async () => {
        let last: BothStep | undefined;
        for (let step = await steps.next(); !step.done; step = await steps.next()) last = step.value;
        assert.ok(last?.step === 'ended');
        return last.capture;
      };
    };
    const isEmptyAndWhole = (savefile: string) => {
      assert.ok(lstatSync(`${sensor.captures}/${savefile}`).isFile());
      assert.equal(sensor.engine.peek('c2')?.facts?.packets, 0);
      assert.deepEqual(
        readdirSync(sensor.captures).filter((name) => name.includes('.past.')),
        [savefile, `${savefile}.json`],
      );
    };

    test('the search is listed, and a stop of it is heard at once; the live capture goes on', async () => {
      const ended = await waiting();
      const found = (await sensor.engine.list({ all: false }, sensor.grant)).map(({ id, state }) => [id, state]);
      assert.deepEqual(found, [
        ['c2', 'starting'],
        ['c1', 'running'],
      ]);
      const [[stopped], last] = await Promise.all([sensor.engine.stop('c2', sensor.grant), ended()]);
      assert.deepEqual([last.state, last.why], ['cancelled', 'stopped by grant']);
      assert.deepEqual(stopped, sensor.engine.peek('c2'));
      assert.deepEqual(
        sensor.engine.coverage('c2').map(({ outcome }) => outcome),
        ['not searched'],
      );
      isEmptyAndWhole(last.savefile);
      assert.equal(sensor.engine.peek('c1')?.state, 'running');
      assert.deepEqual(unsettled(sensor), []);
    });

    test('its signal is heard at once', async () => {
      const cancel = new AbortController();
      const ended = await waiting(cancel.signal);
      cancel.abort();
      const last = await ended();
      assert.deepEqual([last.state, last.why], ['cancelled', 'cancelled']);
      isEmptyAndWhole(last.savefile);
    });

    test('a process that is killed leaves a search that is told as died, with an empty savefile', async () => {
      writeFileSync(`${sensor.ring}/daemonlogger.pcap.1795486205`, pcap(udpPackets(10)));
      const other = otherProcess(sensor.directory, 'both', { expression: order.expression });
      await other.said('waiting');
      other.kill();
      await other.ended;
      await sensor.engine.reconcile();
      const capture = sensor.engine.peek('c2');
      assert.equal(capture?.state, 'died');
      assert.equal(
        capture.why,
        "the process that searched was interrupted while it waited for the ring's logger: nothing of the ring was searched. Order the search again to have all of it",
      );
      isEmptyAndWhole(capture.savefile);
      assert.deepEqual(
        auditOf(sensor)
          .filter(({ verb }) => verb === 'search' || verb === 'died')
          .map(({ verb, outcome, capture: of }) => [verb, outcome, of]),
        [
          ['search', 'asked', null],
          ['died', 'noted', 'c2'],
          ['search', 'unknown', null],
        ],
      );
      assert.equal(sensor.engine.peek('c1')?.state, 'running');
    });
  });

  test('starts nothing where the ring cannot be searched', async () => {
    for (const [differing, words] of [
      [{ ring: 'nosuch' }, /there is no ring nosuch here/],
      [{ interface: 'nosuch0' }, /no ring holds the past of nosuch0: choose -i lo \(dmz\)/],
      [{ ring: 'dmz', interface: 'nosuch0' }, /the ring dmz holds lo, not nosuch0/],
      [{ expression: 'inbound and udp' }, /inbound/],
      [{ since: (Date.now() + 60_000) * 1_000 }, /before it begins/],
    ] as const) {
      await assert.rejects(Array.fromAsync(both(differing)), { message: words });
    }
    assert.deepEqual(readdirSync(sensor.captures), []);
    assert.deepEqual(unsettled(sensor), []);
  });

  test('leaves an entry for each of its two orders', async () => {
    await record();
    await network.traffic.send({ count: 100, to: network.hosts.shop, port, payload: 'x' });
    const stop = new AbortController();
    const steps = sensor.engine.both(order, sensor.grant, stop.signal)[Symbol.asyncIterator]();
    assert.equal((await steps.next()).value?.step, 'started');
    stop.abort();
    while (!(await steps.next()).done);
    const told = auditOf(sensor)
      .slice(0, 4)
      .map(({ verb, outcome, capture }) => [verb, outcome, capture]);
    assert.deepEqual(told, [
      ['both', 'asked', null],
      ['both', 'done', 'c1'],
      ['search', 'asked', null],
      ['search', 'done', 'c2'],
    ]);
    assert.equal(sensor.engine.peek('c1')?.state, 'running');
    assert.equal(sensor.engine.peek('c2')?.state, 'cancelled');
  });
});

function recordsOfRing({ ring }: Sensor): Buffer {
  return Buffer.concat(
    readdirSync(ring)
      .sort()
      .map((name) => recordsOf(`${ring}/${name}`)),
  );
}

/** The numbers that the datagrams carry at their end. */
function numbersIn(records: Buffer): number[] {
  return [...records.toString('latin1').matchAll(/same \d+ (\d{6})/g)].map(([, digits]) => Number(digits));
}
