import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { execa } from 'execa';
import { openNetwork } from '../../sandbox/network/network.ts';
import { startDaemonlogger } from '../../sandbox/ring/daemonlogger.ts';
import { found, pinIn } from './pinned-ring.ts';
import { openSensor } from './sensor.ts';
import { until } from './wait.ts';

const hourAgo = () => ({ since: (Date.now() - 3_600_000) * 1_000, until: null });

async function openWired(t: TestContext) {
  const sensor = openSensor();
  t.after(() => sensor.close());
  const network = await openNetwork({ name: 'pins', kind: 'namespace' });
  t.after(() => network.close());
  return { sensor, network };
}

test('what is pinned outlives a real daemonlogger that prunes it, and a search finds every packet of it once', async (t) => {
  const { sensor, network } = await openWired(t);
  const { ring: directory } = sensor;
  await using _logger = await startDaemonlogger({
    ...{ network, interface: network.interface, directory, fileSeconds: 2, keep: 3, unbuffered: true },
  });
  const to = network.hosts.shop;
  const sent = await network.traffic.send({ count: 40, to, port: 9_999, payload: 'proof', perSecond: 40 });
  assert.equal(sent.count, 40);
  // On a busy machine there may be a second one by now.
  const [first = ''] = readdirSync(directory).sort();
  await network.traffic.start({ everyMs: 100 });
  await until('the second file', () => readdirSync(directory).length === 2, 20_000);
  const pin = await pinIn(sensor, { window: hourAgo() });
  assert.ok(pin.lacking.every(({ file }) => file !== first));
  assert.equal(
    statSync(join(sensor.config.pins.directory, pin.id, '0001.pcap')).ino,
    statSync(join(directory, first)).ino,
  );
  await until('the logger to prune it', () => !readdirSync(directory).includes(first), 20_000);
  await network.traffic.stop();
  const order = { description: 'x', expression: 'udp port 9999', window: { since: null, until: null } };
  const steps = await Array.fromAsync(sensor.engine.search(order, sensor.grant, new AbortController().signal));
  const capture = steps.at(-1)?.capture;
  assert.equal(capture?.packets, 40);
  const report = sensor.engine.coverage(capture.id).find(({ file }) => file === first);
  assert.deepEqual([report?.outcome, report?.detail], ['searched', 'pinned as p1']);
  assert.ok(
    readdirSync(directory).every((name) => name.startsWith('daemonlogger.pcap.')),
    'nothing of ours is in the ring',
  );
});

test('what is pinned of a real tcpdump -C -W, which writes over its files, is what they were', async (t) => {
  const { sensor, network } = await openWired(t);
  const ring = join(sensor.ring, 'ring.pcap');
  const { file, args } = network.command('tcpdump', [
    ...['-Z', 'root', '-U', '-i', network.interface, '-C', '1', '-W', '2', '-w', ring, '--', 'udp port 9999'],
  ]);
  const logger = execa(file, args, { stdin: 'ignore', stdout: 'ignore', reject: false });
  t.after(async () => {
    logger.kill('SIGTERM');
    await logger;
  });
  await until('its first file', () => readdirSync(sensor.ring).length > 0);
  const to = network.hosts.shop;
  const send = (count: number) =>
    network.traffic.send({ count, to, port: 9_999, payload: 'x'.repeat(1_200), perSecond: 4_000 });
  await send(300);
  await until('what it writes', () => statSync(join(sensor.ring, 'ring.pcap0')).size > 300_000);
  const [inode, before] = [statSync(join(sensor.ring, 'ring.pcap0')).ino, await found(sensor)];
  await pinIn(sensor, { window: hourAgo() });
  const pinned = readFileSync(join(sensor.config.pins.directory, 'p1/0001.pcap'));
  await send(2_000);
  await until('the first to be written over', () => {
    const { size, ino } = statSync(join(sensor.ring, 'ring.pcap0'));
    return readdirSync(sensor.ring).length === 2 && size < 900_000 && ino === inode;
  });
  assert.deepEqual(readFileSync(join(sensor.config.pins.directory, 'p1/0001.pcap')), pinned);
  const after = await found(sensor);
  const [held] = after.reports.filter(({ detail }) => detail?.startsWith('pinned as p1'));
  assert.equal(held?.packets, before.packets);
});
