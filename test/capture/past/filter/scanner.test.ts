import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { longestPacket, readHeader, wantedRecords } from '../../../../src/capture/savefile.ts';
import { type Packet, pcapFile } from '../generate/file.ts';
import { adversarialPackets, linktypes } from '../generate/packets.ts';
import { randomFrom } from '../generate/random.ts';
import { scannerFor, select } from './select.ts';

const everything = [{ code: 0x06, jt: 0, jf: 0, k: 262_144 }];
const nothing = [{ code: 0x06, jt: 0, jf: 0, k: 0 }];

const packets = (count: number, bytes: number): Packet[] =>
  Array.from({ length: count }, (_, at) => ({
    seconds: 1_000 + at,
    fraction: at,
    bytes: Buffer.alloc(bytes, at),
    length: bytes + 4,
  }));

describe('a scanner', () => {
  test('gives the records of a native file as they stand there', () => {
    const file = pcapFile(packets(50, 100));
    const { records, ...rest } = select(scannerFor(everything), file);
    assert.deepEqual(records, file.subarray(24));
    assert.deepEqual(rest, {
      packets: 50,
      consumed: file.length - 24,
      earliest: 1_000_000_000,
      latest: 1_049_000_049,
      damaged: false,
    });
  });

  test('writes big-endian files and microseconds as tcpdump --nano would', () => {
    const some = packets(5, 30);
    const wanted = pcapFile(
      some.map((packet) => ({ ...packet, fraction: packet.fraction * 1_000 })),
      { precision: 'nanoseconds' },
    ).subarray(24);
    const scanner = scannerFor(everything);
    assert.deepEqual(select(scanner, pcapFile(some, { littleEndian: false })).records, pcapFile(some).subarray(24));
    for (const littleEndian of [true, false])
      assert.deepEqual(select(scanner, pcapFile(some, { littleEndian }), { precision: 'nanoseconds' }).records, wanted);
  });

  test('refuses to lose nanoseconds', () => {
    const file = pcapFile(packets(1, 1), { precision: 'nanoseconds' });
    assert.throws(
      () => select(scannerFor(everything), file, { precision: 'microseconds' }),
      /nanoseconds would be lost/,
    );
  });

  test('takes the window as a search through tcpdump takes it, in every kind of file', () => {
    const random = randomFrom(61);
    const scanner = scannerFor(everything);
    for (const precision of ['microseconds', 'nanoseconds'] as const)
      for (const littleEndian of [true, false]) {
        const file = pcapFile(adversarialPackets(random, linktypes.RAW, 200), { precision, littleEndian });
        const header = readHeader(file);
        assert.ok(header !== undefined);
        const times: number[] = [];
        wantedRecords(file.subarray(24), header, ({ at }) => times.push(at) > 0);
        for (let count = 0; count < 60; count += 1) {
          const since = random.chance(0.1) ? null : random.one(times) + random.integer(3) - 1;
          const until = random.chance(0.1) ? null : random.one(times) + random.integer(3) - 1;
          const selected = select(scanner, file, { window: { since, until } });
          const wanted = wantedRecords(
            file.subarray(24),
            header,
            ({ at }) => at >= (since ?? Number.NEGATIVE_INFINITY) && at < (until ?? Number.POSITIVE_INFINITY),
          );
          assert.equal(selected.packets, wanted.packets);
          if (littleEndian) assert.deepEqual(selected.records, wanted.wanted);
          assert.deepEqual([selected.earliest, selected.latest], [Math.min(...times), Math.max(...times)]);
        }
      }
  });

  test('gives the same whatever pieces the file is read in', () => {
    const random = randomFrom(62);
    const file = pcapFile(adversarialPackets(random, linktypes.EN10MB, 300));
    const scanner = scannerFor(everything);
    for (const most of [1, 7, 16, 17, 100, 5_000])
      assert.deepEqual(select(scanner, file, { chunk: () => random.between(1, most) }).records, file.subarray(24));
  });

  test('drains and goes on where its output is full, with the longest packets there are', () => {
    const long = packets(9, longestPacket);
    const file = pcapFile(long);
    const { records, packets: count } = select(scannerFor(everything), file);
    assert.equal(count, 9);
    assert.deepEqual(records, file.subarray(24));
  });

  test('keeps what matched until it is drained, over files', () => {
    const scanner = scannerFor(everything);
    const wanted = {
      header: readHeader(pcapFile([])),
      window: { since: null, until: null },
      precision: 'microseconds',
    } as const;
    const { header } = wanted;
    assert.ok(header !== undefined);
    const files = [pcapFile(packets(3, 10)), pcapFile(packets(4, 20))];
    for (const file of files) {
      scanner.begin({ ...wanted, header });
      file.copy(scanner.input, 0, 24);
      scanner.take(file.length - 24);
      assert.equal(scanner.scan().stop, 'input read');
    }
    assert.equal(scanner.outputBytes(), 3 * 26 + 4 * 36);
    assert.deepEqual(scanner.drain(), Buffer.concat(files.map((file) => file.subarray(24))));
    assert.equal(scanner.outputBytes(), 0);
  });

  test('stops before the last packet when that is not whole', () => {
    const file = pcapFile(packets(10, 100));
    for (const missing of [1, 50, 99, 100, 101, 115]) {
      const selected = select(scannerFor(everything), file.subarray(0, file.length - missing));
      assert.equal(selected.packets, 9);
      assert.equal(selected.consumed, 9 * 116);
      assert.equal(selected.damaged, false);
    }
  });

  test('is told a damaged file by a record that claims more than any packet has', () => {
    for (const littleEndian of [true, false])
      for (const claim of [longestPacket + 1, 0x7fff_ffff, 0xffff_ffff]) {
        const file = pcapFile(packets(10, 100), { littleEndian });
        const at = 24 + 6 * 116 + 8;
        littleEndian ? file.writeUInt32LE(claim, at) : file.writeUInt32BE(claim, at);
        for (const program of [everything, nothing]) {
          const selected = select(scannerFor(program), file);
          assert.equal(selected.damaged, true);
          assert.equal(selected.consumed, 6 * 116);
          assert.equal(selected.packets, program === everything ? 6 : 0);
        }
      }
  });

  test('begins another file with nothing left over', () => {
    const scanner = scannerFor(everything);
    const file = pcapFile(packets(2, 100));
    select(scanner, file.subarray(0, file.length - 5));
    assert.deepEqual(select(scanner, file).records, file.subarray(24));
  });

  test('does not take more before it has read what it took', () => {
    const scanner = scannerFor(everything);
    assert.throws(() => scanner.scan(), /no file was begun/);
    scanner.take(10);
    assert.throws(() => scanner.take(10), /not read yet/);
  });
});
