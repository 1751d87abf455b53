import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { execa } from 'execa';
import { isScannable } from '../../../../src/capture/past/filter/scannable.ts';
import { readHeader } from '../../../../src/capture/savefile.ts';
import { type Packet, pcapFile, type Shape } from '../generate/file.ts';
import { linktypes } from '../generate/packets.ts';
import { randomFrom } from '../generate/random.ts';
import { scannerFor, select } from './select.ts';

const everything = [{ code: 0x06, jt: 0, jf: 0, k: 262_144 }];

function judged(shape: Shape): string {
  const header = readHeader(pcapFile([], shape));
  assert.ok(header !== undefined);
  const judgement = isScannable(header);
  return judgement.scannable ? 'scannable' : judgement.why;
}

async function throughTcpdump(file: Buffer): Promise<Buffer> {
  const { stdout } = await execa('tcpdump', ['-nn', '-r', '-', '-w', '-'], {
    input: file,
    encoding: 'buffer',
    reject: false,
  });
  return Buffer.from(stdout).subarray(24);
}

describe('a file', () => {
  test('is cut to its snaplen as libpcap cuts it, whatever the header says', async () => {
    const packets = [0, 1, 59, 60, 61, 1_500, 65_535, 65_536, 262_144].map(
      (count): Packet => ({ seconds: count, fraction: 1, bytes: Buffer.alloc(count, 7), length: count }),
    );
    const scanner = scannerFor(everything);
    for (const snaplen of [
      0, 1, 60, 65_535, 262_143, 262_144, 262_145, 1_000_000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff,
    ])
      for (const littleEndian of [true, false]) {
        const file = pcapFile(packets, { snaplen, littleEndian });
        assert.deepEqual(select(scanner, file).records, await throughTcpdump(file), `snaplen ${snaplen}`);
      }
  });

  test('of any other version, with more in its linktype, or of longer packets is left to tcpdump', () => {
    assert.equal(judged({}), 'scannable');
    assert.equal(judged({ littleEndian: false }), 'scannable');
    for (const littleEndian of [true, false]) {
      assert.equal(judged({ littleEndian, version: [2, 3] }), 'pcap version 2.3');
      assert.equal(judged({ littleEndian, version: [543, 0] }), 'pcap version 543.0');
      assert.match(judged({ littleEndian, linktype: 0xf400_0001 }), /more than the linktype/);
    }
    for (const linktype of [231, 249, 279]) assert.match(judged({ linktype }), /more than 262144 bytes/);
    assert.match(judged({ linktype: 220 }), /USB/);
    for (const linktype of [0, 109, 113, 117, 189, 239, 258, 276]) {
      if (linktype !== 220) assert.equal(judged({ linktype }), 'scannable');
      assert.equal(judged({ linktype, littleEndian: false }), `big-endian, of linktype ${linktype}`);
    }
  });

  test('of either byte order goes through tcpdump with its packets unchanged, where it is scanned', async () => {
    const random = randomFrom(71);
    // A CAN frame in Linux cooked mode, an NFLOG packet: what libpcap turns round in a big-endian file.
    const can = Buffer.from('0001000100060102030405060000000c12345678', 'hex');
    const bytes = [
      can,
      Buffer.from('00000000080001020400', 'hex'),
      ...Array.from({ length: 50 }, () => random.bytes(90)),
    ];
    const packets = bytes.map((packet): Packet => ({ seconds: 1, fraction: 1, bytes: packet, length: packet.length }));
    const changed: number[] = [];
    for (const linktype of [...Object.values(linktypes), 189])
      for (const littleEndian of [true, false]) {
        const file = pcapFile(packets, { linktype, littleEndian });
        const same = (await throughTcpdump(file)).equals(pcapFile(packets).subarray(24));
        if (judged({ linktype, littleEndian }) === 'scannable') assert.ok(same, `linktype ${linktype}`);
        else if (!same) changed.push(linktype);
      }
    assert.deepEqual(
      changed.sort((one, other) => one - other),
      [113, 117, 189, 239],
    );
  });
});
