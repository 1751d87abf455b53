import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { execa } from 'execa';
import { type Network, openNetwork } from '../../sandbox/network/network.ts';
import { startDaemonlogger } from '../../sandbox/ring/daemonlogger.ts';
import { station, udpFrame } from '../../sandbox/ring/packets.ts';
import { replay } from '../../sandbox/ring/replay.ts';
import { eventually } from './eventually.ts';

describe('a real daemonlogger', () => {
  let network: Network;
  let parent: string;
  before(async () => {
    parent = await mkdtemp(join(tmpdir(), 'ring-test-'));
    network = await openNetwork({ name: 'test', kind: 'namespace' });
  });
  after(async () => {
    await network.close();
    await rm(parent, { recursive: true });
  });

  test('fills a ring of several files with exactly what was sent', async () => {
    const directory = join(parent, 'exact');
    await using ring = await startDaemonlogger({ ...onTap(network), directory, fileSeconds: 2, unbuffered: true });
    assert.ok(ring.pid > 0);
    const to = network.hosts.shop;
    const sent = await network.traffic.send({ count: 200, to, port: 9999, payload: 'proof', perSecond: 60 });
    await eventually(async () => assert.equal(await recordBytes(directory), 16 * sent.count + sent.frameBytes));
    const names = (await readdir(directory)).sort();
    assert.ok(names.length >= 2, `files: ${names}`);
    for (const name of names) assert.match(name, /^daemonlogger\.pcap\.\d{10}$/);
    assert.equal(
      (await Promise.all(names.map((name) => packetsIn(join(directory, name))))).reduce((a, b) => a + b),
      200,
    );
  });

  test('keeps as many files as it was told to', async () => {
    const directory = join(parent, 'kept');
    const options = { ...onTap(network), directory, fileSeconds: 2, keep: 2, prefix: 'ring', unbuffered: true };
    await using _ring = await startDaemonlogger(options);
    // It says where to before it makes the file.
    const first = await eventually(async () => {
      const [name = ''] = await readdir(directory);
      assert.match(name, /^ring\.\d{10}$/);
      return name;
    });
    await network.traffic.start({ everyMs: 100 });
    await eventually(async () => assert.ok(!(await readdir(directory)).includes(first)));
    await network.traffic.stop();
    assert.ok((await readdir(directory)).length <= 2);
  });

  test('writes what it holds back when it is stopped, and is gone', async () => {
    const directory = join(parent, 'stopped');
    const ring = await startDaemonlogger({ ...onTap(network), directory });
    // Enough that a part is in the file before: then the rest can only come from the stop.
    const sent = await network.traffic.send({
      count: 200,
      to: network.hosts.shop,
      port: 9999,
      payload: 'x'.repeat(93),
    });
    const all = 16 * sent.count + sent.frameBytes;
    await eventually(async () => assert.ok((await recordBytes(directory)) >= all - 4_096));
    assert.ok((await recordBytes(directory)) < all);
    await ring.stop();
    assert.equal(await recordBytes(directory), all);
    assert.throws(() => process.kill(ring.pid, 0), { code: 'ESRCH' });
  });

  test('says why where it cannot record', async () => {
    const nowhere = startDaemonlogger({ network, interface: 'nope0', directory: join(parent, 'nowhere') });
    await assert.rejects(nowhere, /daemonlogger does not record on nope0: .*nope0/);
  });

  test('replayed frames arrive at the tap with their tags', async () => {
    const directory = join(parent, 'tagged');
    await using _ring = await startDaemonlogger({ ...onTap(network), directory, unbuffered: true });
    const from = station('00:00:5e:00:53:02', network.hosts.shop);
    const to = station('00:00:5e:00:53:01', network.hosts.client);
    const tags = [[], [20], [100, 20]];
    const frames = tags.flatMap((vlans) =>
      Array(5).fill(udpFrame({ from, to, vlans }, 4000, 9996, Buffer.from('tagged'))),
    );
    await replay(network, frames);
    const all = frames.reduce((sum, frame) => sum + 16 + frame.length, 0);
    // Whole frames came in, and the sensor's host answers the five untagged ones with an ICMP error.
    await eventually(async () => assert.ok((await recordBytes(directory)) > all));
    const [file = ''] = (await readdir(directory)).map((name) => join(directory, name));
    assert.equal(await packetsIn(file, 'udp port 9996'), 5);
    assert.equal(await packetsIn(file, 'vlan 20 and udp port 9996'), 5);
    assert.equal(await packetsIn(file, 'vlan 100 and vlan 20 and udp port 9996'), 5);
  });
});

function onTap(network: Network): { network: Network; interface: string } {
  return { network, interface: network.interface };
}

/** The bytes of all records in the ring, without the files' own headers. */
async function recordBytes(directory: string): Promise<number> {
  const sizes = await Promise.all(
    (await readdir(directory)).map(async (name) => (await stat(join(directory, name))).size),
  );
  return sizes.reduce((sum, size) => sum + Math.max(0, size - 24), 0);
}

async function packetsIn(file: string, expression = ''): Promise<number> {
  const { stdout } = await execa('tcpdump', ['-nr', file, '--', expression]);
  return stdout.split('\n').filter(Boolean).length;
}
