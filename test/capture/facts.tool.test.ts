import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { execa } from 'execa';
import fc from 'fast-check';
import { writeHistory } from '../../sandbox/ring/history.ts';
import { examineSavefile } from '../../src/capture/facts.ts';
import { asCapinfos, capinfos, type Packet, pcap, sha256, udpPackets } from './pcaps.ts';

let directory: string;
before(() => {
  directory = mkdtempSync(join(tmpdir(), 'facts-test-'));
});
after(() => rmSync(directory, { recursive: true }));

let written = 0;
const fileWith = (bytes: Buffer): string => {
  written += 1;
  const path = join(directory, `${written}.pcap`);
  writeFileSync(path, bytes);
  return path;
};
const factsOf = async (bytes: Buffer) => (await examineSavefile(fileWith(bytes))).facts;

describe("a savefile's facts", () => {
  test('are those of capinfos, for a day of history', async () => {
    const day = { from: new Date('2026-03-01T00:00:00Z'), to: new Date('2026-03-02T00:00:00Z') };
    const history = await writeHistory({
      ...{ directory: join(directory, 'ring'), ...day, files: 6, bytesPerFile: 1_500_000, seed: 11 },
      blemishes: { newestCut: true, olderCut: true },
    });
    for (const { path, state } of history.files) {
      const { facts, sha256: digest } = await examineSavefile(path);
      const { packets, fileBytes, dataBytes, firstAt, lastAt } = await capinfos(path);
      assert.ok(facts);
      assert.deepEqual(
        { ...facts, firstAt: asCapinfos(facts.firstAt), lastAt: asCapinfos(facts.lastAt) },
        {
          ...{
            packets,
            fileBytes,
            dataBytes,
            firstAt,
            lastAt,
            linktype: 1,
            snaplen: 65_535,
            precision: 'microseconds',
          },
          cutAt: facts.cutAt,
        },
      );
      assert.equal(facts.cutAt === null, state === 'whole');
      const { stdout } = await execa('sha256sum', [path]);
      assert.equal(digest, stdout.slice(0, 64));
    }
  });

  test('are those of capinfos in both byte orders, with nanoseconds, with packets longer than what is kept of them', async () => {
    const packets: Packet[] = udpPackets(50).map((packet, at) => ({ ...packet, length: packet.frame.length + at }));
    for (const endian of ['little', 'big'] as const) {
      const bytes = pcap(packets, { endian, linktype: 113, snaplen: 96 });
      const facts = await factsOf(bytes);
      const told = await capinfos(fileWith(bytes));
      assert.deepEqual([facts?.packets, facts?.dataBytes, facts?.linktype], [told.packets, told.dataBytes, 113]);
      assert.deepEqual(
        [asCapinfos(facts?.firstAt ?? null), asCapinfos(facts?.lastAt ?? null)],
        [told.firstAt, told.lastAt],
      );
      const nano = await factsOf(
        pcap(
          packets.map((packet) => ({ ...packet, nanos: 999 })),
          { endian, nano: true },
        ),
      );
      assert.partialDeepStrictEqual(nano, {
        packets: 50,
        precision: 'nanoseconds',
        firstAt: facts?.firstAt,
        cutAt: null,
      });
    }
  });

  test('of a file cut at any byte count its whole packets and say where it ends', async () => {
    const packets = udpPackets(4);
    const whole = pcap(packets);
    const ends: number[] = [];
    for (const { frame } of packets) ends.push((ends.at(-1) ?? 24) + 16 + frame.length);
    for (let length = 0; length <= whole.length; length += 1) {
      const bytes = whole.subarray(0, length);
      const { facts, sha256: digest } = await examineSavefile(fileWith(bytes));
      assert.equal(digest, sha256(bytes));
      if (length < 24) {
        assert.equal(facts, null);
        continue;
      }
      const counted = ends.filter((end) => end <= length).length;
      const end = [24, ...ends][counted];
      assert.partialDeepStrictEqual(facts, { packets: counted, fileBytes: length, cutAt: end === length ? null : end });
    }
  });

  test('of a file with times out of order span from the earliest to the latest', async () => {
    const [first, second, third] = udpPackets(3);
    assert.ok(first && second && third);
    assert.partialDeepStrictEqual(await factsOf(pcap([second, third, first])), { firstAt: first.at, lastAt: third.at });
  });

  test('stop where the records do, and the digest does not', async () => {
    const whole = pcap(udpPackets(3));
    for (const garbage of [Buffer.alloc(50, 0xff), Buffer.from('garbage, not a record'), Buffer.alloc(15)]) {
      const bytes = Buffer.concat([whole, garbage]);
      const { facts, sha256: digest } = await examineSavefile(fileWith(bytes));
      assert.partialDeepStrictEqual(facts, { packets: 3, cutAt: whole.length, fileBytes: bytes.length });
      assert.equal(digest, sha256(bytes));
    }
  });

  test('are none where there is no pcap header', async () => {
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.alloc(23),
      Buffer.alloc(24),
      Buffer.from('x'.repeat(4_000)),
      Buffer.from('0a0d0d0a'.repeat(8), 'hex'),
    ]) {
      assert.deepEqual(await examineSavefile(fileWith(bytes)), { facts: null, sha256: sha256(bytes) });
    }
    assert.partialDeepStrictEqual(await factsOf(pcap([])), { packets: 0, firstAt: null, lastAt: null, cutAt: null });
  });

  test('hold across the chunks that a file is read in', async () => {
    const packets: Packet[] = Array.from({ length: 60 }, (_, at) => ({
      at: 1_795_486_205_000_000 + at,
      frame: Buffer.alloc(at % 3 === 0 ? 262_144 : 40_000 + at, at),
    }));
    const bytes = pcap(packets, { snaplen: 262_144 });
    const told = await capinfos(fileWith(bytes));
    assert.partialDeepStrictEqual(await factsOf(bytes), { packets: 60, dataBytes: told.dataBytes, cutAt: null });
    assert.partialDeepStrictEqual(await factsOf(bytes.subarray(0, bytes.length - 1)), { packets: 59 });
  });

  test('of a link are not taken: what it points to may be anything', async () => {
    await execa('ln', ['-s', '/etc/passwd', join(directory, 'link.pcap')]);
    await assert.rejects(examineSavefile(join(directory, 'link.pcap')), { code: 'ELOOP' });
  });

  test('of damaged files come without an error, in bounded memory, and never count more than the file can hold', async () => {
    const whole = pcap(udpPackets(30));
    const path = fileWith(whole);
    const change = fc.record({ at: fc.nat(whole.length - 1), to: fc.nat(255) });
    const damage = fc.record({
      changes: fc.array(change, { minLength: 1, maxLength: 6 }),
      length: fc.integer({ min: 0, max: whole.length }),
    });
    const before = process.memoryUsage().rss;
    await fc.assert(
      fc.asyncProperty(damage, async ({ changes, length }) => {
        const bytes = Buffer.from(whole);
        for (const { at, to } of changes) bytes[at] = to;
        writeFileSync(path, bytes.subarray(0, length));
        const { facts, sha256: digest } = await examineSavefile(path);
        assert.equal(digest, sha256(readFileSync(path)));
        if (facts === null) return;
        assert.equal(facts.fileBytes, length);
        assert.ok(facts.packets * 16 + 24 <= length);
        assert.ok(facts.cutAt === null || (facts.cutAt >= 24 && facts.cutAt < length));
      }),
      { numRuns: 1_500, seed: 3 },
    );
    assert.ok(process.memoryUsage().rss - before < 300e6, 'fifteen hundred chunks are given back');
  });
});
