import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { type Conversion, convert, packingOf } from '../../../src/capture/past/converted.ts';
import { openRingFile } from '../../../src/capture/ringfile.ts';
import { headerBytes, headerFor, readHeader, walkRecords } from '../../../src/capture/savefile.ts';

const directory = mkdtempSync('/tmp/capture-converted-');
after(() => rmSync(directory, { recursive: true }));

const packets = 4_000;
const classic = Buffer.concat([
  headerFor({ precision: 'microseconds', snaplen: 262144, linktype: 1 }),
  ...Array.from({ length: packets }, (_, at) => {
    // Bytes that do not pack away to nothing: a cut then falls between blocks, too.
    const packet = Buffer.from(
      Array.from({ length: 60 + ((at * 37) % 900) }, (_, byte) => (byte * at * 2_654_435) >>> 7),
    );
    const record = Buffer.alloc(16);
    record.writeUInt32LE(1_700_000_000 + at, 0);
    record.writeUInt32LE(at * 100, 4);
    record.writeUInt32LE(packet.length, 8);
    record.writeUInt32LE(packet.length, 12);
    return Buffer.concat([record, packet]);
  }),
]);
const pcap = join(directory, 'a.pcap');
writeFileSync(pcap, classic);
for (const [name, pack] of Object.entries({
  'a.pcap.gz': () => execFileSync('gzip', ['-c', pcap], { maxBuffer: 2 ** 26 }),
  'a.pcap.zst': () => execFileSync('zstd', ['-qc', pcap], { maxBuffer: 2 ** 26 }),
  'a.pcap.lz4': () => execFileSync('lz4', ['-qcB4', pcap], { maxBuffer: 2 ** 26 }),
  'a.pcapng': () => execFileSync('editcap', ['-F', 'pcapng', pcap, '-'], { maxBuffer: 2 ** 26 }),
  'a.pcapng.gz': () => execFileSync('gzip', ['-c', join(directory, 'a.pcapng')], { maxBuffer: 2 ** 26 }),
}))
  writeFileSync(join(directory, name), pack());
const packed = ['a.pcap.gz', 'a.pcap.zst', 'a.pcap.lz4', 'a.pcapng', 'a.pcapng.gz'];

describe('a packed ring file', () => {
  for (const name of packed) {
    test(`${name} holds each packet of the file that was packed`, async () => {
      const { records, trouble } = await read(join(directory, name));
      assert.equal(trouble, null);
      assert.deepEqual(records, recordsOf(classic));
    });

    test(`${name}, cut, gives what comes before the cut, and says that it is cut`, async () => {
      const whole = readFileSync(join(directory, name));
      const expected = recordsOf(classic);
      for (const part of [0.1, 0.5, 0.9, 0.999]) {
        const cut = join(directory, `cut.${name}`);
        writeFileSync(cut, whole.subarray(0, Math.floor(whole.length * part)));
        const { records, trouble } = await read(cut);
        assert.match(trouble ?? '', /cut|unexpected end of file|premature end/, `at ${part}`);
        assert.deepEqual(records, expected.slice(0, records.length), `at ${part}`);
        // A gzip block, an lz4 block of 64 KiB and a zstd block of 128 KiB are whole or lost.
        assert.ok(records.length > packets * part - 600, `${records.length} packets at ${part}`);
      }
    });
  }

  test('damaged in the middle, gives what comes before, and says so', async () => {
    for (const name of ['a.pcap.gz', 'a.pcap.zst', 'a.pcapng']) {
      const bytes = readFileSync(join(directory, name));
      bytes.fill(0xff, bytes.length >> 1, (bytes.length >> 1) + 2_000);
      const damaged = join(directory, `damaged.${name}`);
      writeFileSync(damaged, bytes);
      const { records, trouble } = await read(damaged);
      assert.notEqual(trouble, null, name);
      assert.ok(records.length < packets && records.length > packets / 4, `${name}: ${records.length}`);
    }
  });

  test('of several members or frames is read to its end, and garbage behind the last is told', async () => {
    const half = headerBytes + recordsEndAt(classic, packets / 2);
    const parts = [classic.subarray(0, half), classic.subarray(half)];
    const members = (file: string, args: string[]) =>
      parts.map((input) => execFileSync(file, args, { input, maxBuffer: 2 ** 26 }));
    const skippable = Buffer.from('502a4d1804000000aabbccdd', 'hex');
    const [zstd, gzip] = [members('zstd', ['-qc']), members('gzip', ['-c'])];
    for (const [name, bytes] of [
      ['members.gz', gzip],
      ['frames.zst', zstd],
      ['skippable.zst', [skippable, zstd[0] ?? '', skippable, zstd[1] ?? '']],
    ] as const) {
      writeFileSync(join(directory, name), Buffer.concat(bytes.map((part) => Buffer.from(part))));
      assert.deepEqual(await read(join(directory, name)), { records: recordsOf(classic), trouble: null }, name);
    }
    for (const [name, bytes] of [
      ['garbage.gz', gzip],
      ['garbage.zst', zstd],
    ] as const) {
      writeFileSync(
        join(directory, name),
        Buffer.concat([bytes[0] ?? Buffer.alloc(0), Buffer.from('garbage'), ...bytes.slice(1)]),
      );
      const { records, trouble } = await read(join(directory, name));
      assert.equal(records.length, packets / 2, name);
      assert.match(trouble ?? '', /trailing garbage|unsupported format/, name);
    }
  });

  test('that is unpacked before anybody reads on is not lost', async () => {
    const small = join(directory, 'small.gz');
    const few = classic.subarray(0, headerBytes + recordsEndAt(classic, 3));
    writeFileSync(small, execFileSync('gzip', ['-c'], { input: few }));
    for (let round = 0; round < 150; round += 1)
      assert.deepEqual(await read(small), { records: recordsOf(few), trouble: null }, `round ${round}`);
  });

  test('whose checksum alone is wrong gives all that it holds', async () => {
    const bytes = readFileSync(join(directory, 'a.pcap.gz'));
    bytes.writeUInt8((bytes.at(-8) ?? 0) ^ 1, bytes.length - 8);
    writeFileSync(join(directory, 'crc.gz'), bytes);
    const { records, trouble } = await read(join(directory, 'crc.gz'));
    assert.equal(records.length, packets);
    assert.match(trouble ?? '', /crc error/);
  });

  test('of two linktypes is named, and gives no packet of the second', async () => {
    const pcapng = join(directory, 'two.pcapng');
    const cooked = join(directory, 'cooked.pcap');
    writeFileSync(
      cooked,
      Buffer.concat([
        headerFor({ precision: 'microseconds', snaplen: 65535, linktype: 113 }),
        classic.subarray(headerBytes),
      ]),
    );
    execFileSync('mergecap', ['-a', '-F', 'pcapng', '-w', pcapng, pcap, cooked]);
    const { trouble } = await read(pcapng);
    assert.match(trouble ?? '', /network type that differs|can't be written/);
  });

  test('keeps nanoseconds', async () => {
    const nano = join(directory, 'nano.pcapng');
    const source = Buffer.from(classic);
    source.writeUInt32LE(0xa1b23c4d, 0);
    source.writeUInt32LE(123_456_789, headerBytes + 4);
    writeFileSync(pcap.replace('a.pcap', 'n.pcap'), source);
    execFileSync('editcap', ['-F', 'pcapng', join(directory, 'n.pcap'), nano]);
    const bytes = await bytesOf(nano, { trouble: null });
    assert.equal(readHeader(bytes)?.precision, 'nanoseconds');
    assert.equal(bytes.readUInt32LE(headerBytes + 4), 123_456_789);
  });

  test('whose reader walks away leaves no process', async () => {
    const file = await openRingFile(join(directory, 'a.pcapng'));
    const stream = convert(file, 'pcapng', { trouble: null }, never);
    await stream.next();
    await stream.return(undefined);
    await file.close();
    const running = execFileSync('ps', ['-o', 'args=', '--ppid', String(process.pid)], { encoding: 'utf8' });
    assert.doesNotMatch(running, /editcap/);
  });
});

test('what is no packed pcap is told from what is', () => {
  assert.equal(packingOf(classic), undefined);
  assert.equal(packingOf(Buffer.from([0x1f, 0x8b])), undefined);
  assert.equal(packingOf(Buffer.from([0x1f, 0x8b, 8, 0])), 'gzip');
});

const never = new AbortController().signal;

/** Where so many records end, counted from the first. */
function recordsEndAt(bytes: Buffer, count: number): number {
  const header = readHeader(bytes);
  assert.ok(header);
  const ends: number[] = [];
  walkRecords(bytes.subarray(headerBytes), header, (_, __, end) => ends.push(end));
  return ends[count - 1] ?? 0;
}

/** Time, lengths and bytes of each record. */
function recordsOf(bytes: Buffer): string[] {
  const header = readHeader(bytes);
  assert.ok(header);
  const records: string[] = [];
  const body = bytes.subarray(headerBytes);
  walkRecords(body, header, ({ at, captured, length }, offset, end) => {
    records.push(`${at} ${captured} ${length} ${body.subarray(offset + 16, end).toString('base64')}`);
  });
  return records;
}

async function bytesOf(path: string, conversion: Conversion): Promise<Buffer> {
  const file = await openRingFile(path);
  try {
    const start = Buffer.alloc(4);
    await file.read(start, 0, 4, 0);
    const packing = packingOf(start);
    assert.ok(packing);
    return Buffer.concat(await Array.fromAsync(convert(file, packing, conversion, never)));
  } finally {
    await file.close();
  }
}

async function read(path: string): Promise<{ records: string[]; trouble: string | null }> {
  const conversion: Conversion = { trouble: null };
  const bytes = await bytesOf(path, conversion);
  return { records: bytes.length < headerBytes ? [] : recordsOf(bytes), trouble: conversion.trouble };
}
