import assert from 'node:assert/strict';
import { linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { execa } from 'execa';
import { openNetwork } from '../../sandbox/network/network.ts';
import { startDaemonlogger } from '../../sandbox/ring/daemonlogger.ts';
import { writeHistory } from '../../sandbox/ring/history.ts';
import { openSensor, searched } from './sensor.ts';
import { until } from './wait.ts';

describe('a search', () => {
  test('of a ring that a daemonlogger writes and prunes meanwhile misses nothing that was there, and says what went', async () => {
    const network = await openNetwork({ name: 'ringtest' });
    const ring = mkdtempSync(join(tmpdir(), 'ring-test-'));
    const sensor = openSensor({ rings: [{ name: 'dmz', path: ring, interface: network.interface }] });
    const logger = await startDaemonlogger({
      ...{
        network,
        interface: network.interface,
        directory: ring,
        fileBytes: 60_000,
        fileSeconds: 2,
        keep: 4,
        unbuffered: true,
      },
    });
    const { shop, client } = network.hosts;
    let sending = true;
    const traffic = (async () => {
      while (sending) await network.traffic.send({ count: 120, to: shop, from: client, port: 47_114, payload: 'ring' });
    })();
    try {
      const expression = `udp port 47114 and host ${shop}`;
      const packetsIn = async (name: string) => {
        const path = join(ring, name);
        const { stdout } = await execa('tcpdump', ['-nn', '--count', '-r', path, '--', expression], { reject: false });
        return Number(/^(\d+) packet/m.exec(stdout)?.[1] ?? 0);
      };
      await until('the ring is full', () => readdirSync(ring).length >= 3);
      let complete = 0;
      for (let round = 0; round < 6; round += 1) {
        const steps = await searched(sensor, { expression });
        const capture = steps.at(-1)?.capture;
        assert.equal(capture?.state, 'finished');
        assert.equal(capture.facts?.cutAt, null);
        const lines = sensor.engine.coverage(capture.id);
        for (const { outcome } of lines) assert.ok(['searched', 'empty', 'pruned', 'cut'].includes(outcome), outcome);
        assert.equal(
          lines.reduce((sum, { packets }) => sum + packets, 0),
          capture.packets,
        );
        // A file that was followed by another does not change any more.
        for (const line of lines.slice(0, -1).filter(({ outcome }) => outcome === 'searched')) {
          if (!readdirSync(ring).includes(line.file)) continue;
          const now = await packetsIn(line.file);
          if (!readdirSync(ring).includes(line.file) || line.detail !== null) continue;
          assert.equal(line.packets, now, line.file);
          complete += 1;
        }
      }
      assert.ok(complete > 3, `${complete} complete files compared`);
    } finally {
      sending = false;
      await traffic;
      await logger.stop();
      await sensor.close();
      await network.close();
      rmSync(ring, { recursive: true });
    }
  });

  test('of a large ring takes no more memory than of a small one', async () => {
    const sensor = openSensor();
    try {
      const once = join(sensor.directory, 'once');
      mkdirSync(once);
      const day = { from: new Date('2026-03-01T00:00:00Z'), to: new Date('2026-03-01T00:10:00Z') };
      const { files } = await writeHistory({ directory: once, ...day, files: 1, bytesPerFile: 16_000_000, seed: 6 });
      const [file] = files;
      assert.ok(file);
      // The same file under many names: four hundred megabytes to read, sixteen on the disk.
      const names = Math.ceil(400e6 / file.bytes);
      for (let at = 0; at < names; at += 1) linkSync(file.path, join(sensor.ring, `daemonlogger.pcap.${at}`));
      const before = process.memoryUsage().rss;
      let most = before;
      const order = { description: 'large', expression: 'host 192.0.2.7', window: { since: null, until: null } };
      for await (const { step, capture } of sensor.engine.search(order, sensor.grant, new AbortController().signal)) {
        most = Math.max(most, process.memoryUsage().rss);
        if (step === 'ended') {
          assert.equal(capture.packets, (file.concerns.shop + file.concerns['tagged shop']) * names);
          assert.equal(capture.progress?.bytesDone, statSync(file.path).size * names);
        }
      }
      assert.ok(most - before < 100e6, `grew by ${Math.round((most - before) / 1e6)} MB`);
    } finally {
      await sensor.close();
    }
  });
});
