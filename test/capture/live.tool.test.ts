import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { execa } from 'execa';
import { capinfos, sha256 } from './pcaps.ts';
import { argumentsOf, auditOf, openSensor, type Sensor, standing, tcpdumpsOf, unsettled } from './sensor.ts';
import { until } from './wait.ts';

let sensor: Sensor;
beforeEach(() => {
  sensor = openSensor();
});
afterEach(() => sensor.close());

const order = { description: 'traffic to shop', expression: 'udp port 47110' };

/** Sends datagrams on loopback and resolves when the kernel has taken them all. */
async function send(count: number, port = 47_110, payload = 'payload'): Promise<void> {
  const sender = createSocket('udp4');
  for (let at = 0; at < count; at += 1) {
    await new Promise<void>((resolve, reject) =>
      sender.send(`${payload} ${at}`, port, '127.0.0.7', (error) => (error ? reject(error) : resolve())),
    );
  }
  sender.close();
  await once(sender, 'close');
}

/** The payloads in a savefile, as tcpdump reads them. */
async function payloadsIn(path: string): Promise<string[]> {
  const { stdout } = await execa('tcpdump', ['-nn', '-A', '-r', path, 'udp'], { reject: false });
  return [...stdout.matchAll(/payload \d+/g)].map(([payload]) => payload);
}

const sent = (count: number) => Array.from({ length: count }, (_, at) => `payload ${at}`);

describe('a live capture', () => {
  test('holds exactly what was sent, the burst just before the stop too, and says so in every place', async () => {
    const { engine, grant } = sensor;
    const { capture, warnings } = await engine.start(order, grant);
    assert.partialDeepStrictEqual(capture, {
      ...{ id: 'c1', kind: 'live', state: 'running', analyst: 'grant', orderedBy: 'grant', interface: 'lo' },
      ...{ description: 'traffic to shop', expression: 'udp port 47110', endedAt: null, facts: null },
    });
    assert.deepEqual(warnings, []);
    await send(300);
    const [stopped, ...others] = await engine.stop('c1', grant);
    assert.ok(stopped);
    assert.equal(others.length, 0);
    assert.deepEqual(await payloadsIn(stopped.path), sent(300));
    assert.partialDeepStrictEqual(stopped, { state: 'stopped', why: 'stopped by grant', packets: 300 });
    assert.deepEqual(stopped.counts, { captured: 300, receivedByFilter: 600, droppedByKernel: 0 });
    const { packets, fileBytes, dataBytes } = await capinfos(stopped.path);
    assert.partialDeepStrictEqual(stopped.facts, { packets, fileBytes, dataBytes, cutAt: null });
    assert.equal((await execa('sha256sum', [stopped.path])).stdout.slice(0, 64), stopped.sha256);
    assert.deepEqual(await engine.show('c1', grant), stopped);
    assert.deepEqual(tcpdumpsOf(sensor.directory), []);
    assert.deepEqual(unsettled(sensor), []);
  });

  test('leaves a sealed savefile: mode 0640, and a sidecar that explains it', async () => {
    const { engine, grant } = sensor;
    await engine.start({ ...order, case: 'INC-7', snaplen: 96 }, grant);
    const [stopped] = await engine.stop('c1', grant);
    assert.ok(stopped);
    for (const path of [stopped.path, `${stopped.path}.json`]) {
      const { mode, uid } = statSync(path);
      assert.deepEqual([mode & 0o777, uid], [0o640, process.getuid?.()]);
    }
    const sidecar = JSON.parse(readFileSync(`${stopped.path}.json`, 'utf8')) as Record<string, unknown>;
    // No list of hosts, joined of nothing, approved by nobody: its sidecar is silent on these; of what it becomes a part may change.
    const { hosts: _, joined: __, join: ___, approvedBy: ________, ...said } = stopped;
    const { channel: ____, path: _____, progress: ______, version: _______, ...known } = said;
    const iso = (at: number | null) => new Date(at ?? 0).toISOString();
    const { tools, ...explained } = sidecar;
    assert.deepEqual(explained, {
      sensor: 'bench-1',
      ...known,
      startedAt: iso(known.startedAt),
      endedAt: iso(known.endedAt),
    });
    assert.match(String(tools), /tcpdump version .*libpcap version/);
    assert.equal(stopped.facts?.snaplen, 96);
  });

  test('has its mode before the first packet is in it, and a size while it runs', async () => {
    const { engine, grant } = sensor;
    const { capture } = await engine.start(order, grant);
    assert.equal(statSync(capture.path).mode & 0o777, 0o640);
    await send(1);
    await until('the packet is in the file', () => (engine.peek('c1')?.bytes ?? 0) > 24);
    await engine.stop('c1', grant);
  });

  test('of the same words in the same second has a name of its own', async () => {
    await sensor.close();
    sensor = openSensor({}, () => 1_795_486_205_000);
    const { engine, grant } = sensor;
    const started = await Promise.all([
      engine.start(order, grant),
      engine.start(order, grant),
      engine.start(order, grant),
    ]);
    const names = started.map(({ capture }) => capture.savefile).sort();
    assert.deepEqual(names, [
      'grant_traffic.to.shop.2_Tue.Nov24.2026-02.10.05.UTC_1795486205_.pcap',
      'grant_traffic.to.shop.3_Tue.Nov24.2026-02.10.05.UTC_1795486205_.pcap',
      'grant_traffic.to.shop_Tue.Nov24.2026-02.10.05.UTC_1795486205_.pcap',
    ]);
    assert.equal((await engine.stop(null, grant)).length, 3);
  });

  test('warns when it captures everything, or what another captures already', async () => {
    const { engine, grant, will } = sensor;
    assert.match((await engine.start({ ...order, expression: 'everything' }, grant)).warnings.join(), /everything/);
    await engine.start(order, grant);
    assert.match((await engine.start(order, will)).warnings.join(), /c2 of grant captures the same expression on lo/);
    await engine.stop(null, grant);
  });

  test('whose words are hostile is data to tcpdump, and nothing else', async () => {
    const { engine, grant } = sensor;
    const description = '../../x $(id) `id` -w /tmp/evil\n<!channel> 😀'.padEnd(5_000, 'x');
    const expression = `udp port 47110\n  or (tcp port 80 && host 192.0.2.7) or ip[2:2]-20 > 65535`;
    const { capture } = await engine.start({ description, expression }, grant);
    assert.equal(capture.description, description);
    const [pid] = tcpdumpsOf(sensor.directory);
    assert.ok(pid);
    const words = argumentsOf(pid);
    assert.deepEqual(words.slice(-4), ['-w', capture.path, '--', expression]);
    assert.ok(words.every((word) => !word.includes('/tmp/evil')));
    assert.ok(capture.path.startsWith(`${sensor.captures}/grant_`));
    await engine.stop('c1', grant);
    assert.ok(!existsSync('/tmp/evil'));
  });

  test('is found by a word of its analyst, description, expression or case, in whatever letters', async () => {
    const { engine, grant, will } = sensor;
    await engine.start({ ...order, description: 'ÄRGER im Netz', case: 'INC-7' }, will);
    for (const selector of ['ÄRGER', 'netz', 'WILL', '47110', 'inc-7', 'C1', 'c1']) {
      assert.equal((await engine.list({ selector, all: false }, grant)).length, 1, selector);
    }
    for (const selector of ["' OR 1=1", '%', '*']) {
      assert.equal((await engine.list({ selector, all: true }, grant)).length, 0, selector);
    }
    for (const selector of ['c2', 'c01'])
      await assert.rejects(engine.list({ selector, all: true }, grant), { code: 'not_found' }, selector);
    await engine.stop('c1', will);
    assert.deepEqual(await engine.list({ all: false }, grant), []);
  });

  test('of somebody a lead acted for belongs to them, and the audit log says both', async () => {
    const { engine, grant, will } = sensor;
    const { capture } = await engine.start({ ...order, analyst: 'will' }, grant);
    assert.partialDeepStrictEqual(capture, { analyst: 'will', orderedBy: 'grant' });
    assert.match(capture.savefile, /^will_/);
    const asked = auditOf(sensor).find(({ verb, outcome }) => verb === 'start' && outcome === 'done');
    assert.partialDeepStrictEqual(asked, { analyst: 'grant', actingFor: 'will', capture: 'c1' });
    await engine.stop('c1', will);
  });

  test('is told to who watches, from start to end', async () => {
    const { engine, grant } = sensor;
    const over = new AbortController();
    const states: string[] = [];
    const watching = (async () => {
      for await (const capture of engine.watch(0, over.signal)) {
        states.push(capture.state);
        if (capture.endedAt !== null) over.abort();
      }
    })();
    await engine.start(order, grant);
    await until('seen running', () => states.includes('running'));
    await engine.stop('c1', grant);
    await watching;
    assert.deepEqual(
      states.filter((state) => state === 'running' || state === 'stopped'),
      ['running', 'stopped'],
    );
  });
});

describe('a stop', () => {
  test('given twice at once is carried out once, and both get the final state', async () => {
    const { engine, grant } = sensor;
    await engine.start(order, grant);
    const [first, second] = await Promise.all([engine.stop('c1', grant), engine.stop('c1', grant)]);
    assert.deepEqual(first, second);
    assert.equal(first[0]?.state, 'stopped');
    assert.match(first[0]?.why ?? '', /^stopped by grant$/);
    assert.deepEqual(unsettled(sensor), []);
  });

  test('that comes while the capture starts waits for it and leaves no tcpdump behind', async () => {
    const { engine, grant } = sensor;
    const starting = engine.start(order, grant);
    // At every turn: a look each few milliseconds may come when it runs already.
    while (engine.peek('c1') === undefined) await turn();
    assert.equal(engine.peek('c1')?.state, 'starting');
    const [stopped] = await engine.stop('c1', grant);
    assert.equal((await starting).capture.id, 'c1');
    assert.equal(stopped?.state, 'stopped');
    assert.deepEqual(tcpdumpsOf(sensor.directory), []);
    assert.deepEqual(unsettled(sensor), []);
  });

  test('of everything stops what is theirs and leaves the rest', async () => {
    const { engine, grant, will } = sensor;
    await engine.start(order, grant);
    await engine.start(order, will);
    const stopped = await engine.stop(null, will);
    assert.deepEqual(
      stopped.map(({ id }) => id),
      ['c2'],
    );
    assert.equal(engine.peek('c1')?.state, 'running');
    await engine.stop('c1', grant);
  });

  test('without a word, of nothing known, of what has ended or of somebody else is refused in words', async () => {
    const { engine, grant, will, mona } = sensor;
    await engine.start(order, grant);
    const before = await standing(sensor);
    for (const selector of ['', '  ']) {
      await assert.rejects(engine.stop(selector, grant), { code: 'bad_request', message: /name what to stop/ });
    }
    await assert.rejects(engine.stop('c99', grant), { code: 'not_found', message: /nothing that runs matches "c99"/ });
    await assert.rejects(engine.stop('c1', will), {
      code: 'not_allowed',
      message: /c1 is grant's capture: ask grant or a lead/,
    });
    await assert.rejects(engine.stop('c1', mona), { code: 'not_allowed' });
    await assert.rejects(engine.stop(null, mona), { code: 'not_allowed' });
    await assert.rejects(engine.show('c99', grant), { code: 'not_found', message: /there is no capture c99/ });
    assert.deepEqual(await standing(sensor), before);
    await engine.stop('c1', grant);
    await assert.rejects(engine.stop('c1', grant), {
      code: 'conflict',
      message: /c1 has ended already: stopped by grant at .* UTC/,
    });
    await assert.rejects(engine.stop(null, will), { code: 'not_found', message: /nothing runs that you may stop/ });
    assert.deepEqual(unsettled(sensor), []);
    const outcomes = auditOf(sensor).filter(({ verb, outcome }) => verb === 'stop' && outcome !== 'asked');
    assert.deepEqual(
      outcomes.map(({ outcome }) => outcome),
      ['invalid', 'invalid', 'invalid', 'refused', 'refused', 'refused', 'done', 'invalid', 'invalid'],
    );
  });
});

describe('what ended a capture that nobody here stopped', () => {
  const died = async (how: NodeJS.Signals) => {
    const { engine, grant } = sensor;
    const { capture } = await engine.start(order, grant);
    await send(20);
    await until('packets are in the file', () => statSync(capture.path).size > 500);
    const [pid] = tcpdumpsOf(sensor.directory);
    assert.ok(pid);
    process.kill(pid, how);
    // Its death takes the kernel a moment: until then it rightly counts as alive.
    const found = await until('its death is seen', async () => {
      await engine.reconcile();
      const seen = engine.peek('c1');
      return seen?.state !== 'running' && seen;
    });
    assert.equal(found.sha256, sha256(readFileSync(found.path)));
    assert.equal(found.packets, 20);
    const noted = auditOf(sensor).filter(({ verb }) => verb === 'died');
    assert.deepEqual(
      noted.map(({ capture: id, outcome }) => [id, outcome]),
      [['c1', 'noted']],
    );
    await engine.reconcile();
    assert.deepEqual(engine.peek('c1'), found);
    return found;
  };

  test('is told where tcpdump was killed: its counts are not known', async () => {
    const found = await died('SIGKILL');
    assert.partialDeepStrictEqual(found, { state: 'died', counts: null });
    assert.match(found.why ?? '', /was killed.*no closing counts/);
  });

  test('is told where somebody interrupted it: nothing is lost, but it was not us', async () => {
    const found = await died('SIGINT');
    assert.partialDeepStrictEqual(found, { state: 'died', counts: { captured: 20, droppedByKernel: 0 } });
    assert.match(found.why ?? '', /ended by somebody outside capture/);
  });

  test('is told where its savefile was taken away', async () => {
    const { engine, grant } = sensor;
    const { capture } = await engine.start(order, grant);
    await execa('rm', [capture.path]);
    const [stopped] = await engine.stop('c1', grant);
    assert.match(stopped?.why ?? '', /the savefile is gone/);
    assert.ok(!existsSync(join(sensor.captures, `${capture.savefile}.json`)));
  });
});
