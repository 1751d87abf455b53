import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { execa } from 'execa';
import { type History, type HistoryOptions, writeHistory } from '../../sandbox/ring/history.ts';

const day = { from: new Date('2026-03-01T00:00:00Z'), to: new Date('2026-03-02T00:00:00Z') };
// An expression finds tagged frames only after `vlan`, which holds for all that follows it.
const transports = '(tcp or udp or icmp6)';
const tagged = `(vlan and (${transports} or (vlan and ${transports})))`;
const blemishes = { newestCut: true, olderCut: true, empty: true, hole: true };

describe('a generated history', () => {
  let parent: string;
  let clean: History;
  let blemished: History;
  const write = (name: string, options: Partial<HistoryOptions>) =>
    writeHistory({ directory: join(parent, name), ...day, files: 12, bytesPerFile: 500_000, seed: 1, ...options });
  before(async () => {
    parent = await mkdtemp(join(tmpdir(), 'history-test-'));
    clean = await write('clean', {});
    blemished = await write('blemished', { blemishes });
  });
  after(() => rm(parent, { recursive: true }));

  test('is what tcpdump and capinfos read: packets, first and last times', async () => {
    for (const file of clean.files) {
      assert.equal(file.state, 'whole');
      const times = await timesIn(file.path);
      assert.equal(times.length, file.packets);
      assert.deepEqual([times[0], times.at(-1)], file.state === 'whole' && [file.first, file.last]);
      assert.deepEqual(
        times,
        times.toSorted((a, b) => a - b),
      );
      const { stdout } = await execa('capinfos', ['-TmMrcsEl', file.path]);
      assert.match(stdout, new RegExp(`,ether,.*65535.*,${file.packets},${file.bytes}`));
    }
    assert.equal(clean.files.length, 12);
  });

  test('has files named and dated as daemonlogger leaves them', async () => {
    for (const file of clean.files) {
      assert.ok(file.state === 'whole');
      assert.equal(file.name, `daemonlogger.pcap.${Math.floor((file.first + 300_000) / 1e6)}`);
      const { mtimeMs, size, mode } = await stat(file.path);
      assert.ok(Math.abs(mtimeMs - file.last / 1_000) < 1);
      assert.equal(size, file.bytes);
      assert.equal(mode & 0o777, 0o644);
    }
  });

  test('has right checksums everywhere', async () => {
    const sums = { right: 0, wrong: 0 };
    for (const { path } of clean.files) {
      const { stdout } = await execa('tcpdump', ['-vvnr', path]);
      sums.right += [...stdout.matchAll(/cksum 0x[0-9a-f]+ \(correct\)|udp sum ok|icmp6 sum ok/g)].length;
      sums.wrong += [...stdout.matchAll(/bad \w*\s?cksum|incorrect|wrong|invalid|bad-|\[\|/g)].length;
    }
    // ARP has no checksum, and of ICMP's and IP's own only wrong ones are told.
    assert.deepEqual(sums, { right: await count(clean, `${transports} or ${tagged}`), wrong: 0 });
  });

  test('is an office day: frames of some 600 bytes, tags, IPv6, a beacon each hour, and the shop now and then', async () => {
    assert.ok(clean.bytes / clean.packets > 450 && clean.bytes / clean.packets < 750);
    assert.ok(Math.abs(clean.bytes / (12 * 500_000) - 1) < 0.15, `bytes: ${clean.bytes}`);
    const selected = (expression: string) => count(clean, expression);
    assert.equal(await selected('host 192.0.2.7'), clean.shopPackets);
    assert.equal(await selected('vlan and (host 192.0.2.7 or (vlan and host 192.0.2.7))'), clean.taggedShopPackets);
    assert.ok(clean.shopPackets > 0 && clean.taggedShopPackets > 0);
    assert.equal(await selected('host 203.0.113.66 and udp port 4444'), 24);
    assert.deepEqual(clean.beacons.slice(0, 2), [
      Date.UTC(2026, 2, 1, 0, 30) * 1_000,
      Date.UTC(2026, 2, 1, 1, 30) * 1_000,
    ]);
    for (const some of ['arp', 'icmp', 'ip6', 'tcp port 443', 'udp port 53', 'vlan and vlan']) {
      assert.ok((await selected(some)) > 0, some);
    }
  });

  test('with blemishes has a cut newest file, a cut older one, an empty one and holes, and the manifest counts what can be read', async () => {
    assert.deepEqual(
      blemished.files.map((file) => file.state),
      [...Array(6).fill('whole'), 'cut', 'whole', 'whole', 'empty', 'whole', 'whole', 'cut'],
    );
    for (const file of blemished.files) {
      assert.equal((await stat(file.path)).size, file.bytes);
      if (file.state === 'empty') continue;
      const read = await execa('tcpdump', ['-ttnr', file.path], { reject: false });
      assert.equal(read.exitCode, file.state === 'cut' ? 1 : 0);
      assert.equal(/truncated dump file/.test(read.stderr), file.state === 'cut');
      const times = await timesIn(file.path);
      assert.deepEqual([times.length, times[0], times.at(-1)], [file.packets, file.first, file.last]);
      if (file.state === 'cut') assert.equal(file.bytes % 4_096, 0);
    }
    assert.equal(blemished.holes.length, 3);
    const [hole] = blemished.holes;
    assert.ok(hole && hole.to - hole.from > 3_600e6, 'two hours a file, of which more than half is missing');
  });

  test('is the same for the same seed and another for another', async () => {
    assert.equal(await digest(await write('again', {})), await digest(clean));
    assert.notEqual(await digest(await write('other', { seed: 2 })), await digest(clean));
  });

  test('refuses what cannot be told apart by whole seconds, and blemishes without room', async () => {
    const to = new Date(day.from.getTime() + 10_000);
    await assert.rejects(write('short', { to }), /two seconds at least/);
    await assert.rejects(write('few', { files: 3, blemishes }), /six files/);
    await assert.rejects(write('small', { bytesPerFile: 100 }), /64 KiB/);
  });
});

/** The times of all packets that can be read, in microseconds since 1970. */
async function timesIn(path: string): Promise<number[]> {
  const { stdout } = await execa('tcpdump', ['-ttnqr', path], { reject: false });
  const times = [...stdout.matchAll(/^(\d+)\.(\d{6}) /gm)];
  return times.map((match) => Number(match[1]) * 1e6 + Number(match[2]));
}

async function count(history: History, expression: string): Promise<number> {
  const outputs = await Promise.all(
    history.files.map(({ path }) => execa('tcpdump', ['-ttnqr', path, '--', expression])),
  );
  return outputs.reduce((sum, { stdout }) => sum + stdout.split('\n').filter(Boolean).length, 0);
}

async function digest(history: History): Promise<string> {
  const hash = createHash('sha256');
  for (const { name, path } of history.files) hash.update(name).update(await readFile(path));
  return hash.digest('hex');
}
