import { type Packet, pcapFile, type Shape } from '../capture/past/generate/file.ts';
import { adversarialPackets, linktypes } from '../capture/past/generate/packets.ts';
import type { Random } from '../capture/past/generate/random.ts';

const fileHeader = 24;
const recordHeader = 16;

/** A file as loggers write it, of any byte order, precision and of some linktypes. */
export function wholeFile(random: Random): Buffer {
  const linktype = random.chance(0.8)
    ? linktypes.EN10MB
    : random.one([linktypes.RAW, linktypes.LINUX_SLL, linktypes.NULL]);
  const packets: Packet[] = adversarialPackets(random, linktype, random.between(1, 40));
  const shape: Shape = {
    linktype,
    littleEndian: random.chance(0.8),
    precision: random.chance(0.8) ? 'microseconds' : 'nanoseconds',
    snaplen: random.one([65_535, 262_144, 96]),
  };
  return pcapFile(packets, shape);
}

/** Numbers that a length, a time or a snaplen is damaged to. */
const wild = [
  0, 1, 15, 16, 23, 24, 65_535, 262_143, 262_144, 262_145, 0x00ff_ffff, 0x7fff_ffff, 0x8000_0000, 0xffff_fff0,
  0xffff_ffff,
];

type Mutation = (file: Buffer, random: Random) => Buffer;

/** What may have become of a file on its way: bits that flipped, writes that did not arrive, files over one another, and malice. */
export const mutations = {
  'bits flipped': (file, random) => {
    for (let count = random.between(1, 8); count > 0 && file.length > 0; count -= 1) {
      const at = random.integer(file.length);
      file.writeUInt8(file.readUInt8(at) ^ (1 << random.integer(8)), at);
    }
    return file;
  },
  cut: (file, random) => file.subarray(0, random.integer(file.length + 1)),
  'wild length': (file, random) => inRecord(file, random, 8),
  'wild length on the wire': (file, random) => inRecord(file, random, 12),
  'wild time': (file, random) => inRecord(file, random, random.one([0, 4])),
  'length off by a few': (file, random) => {
    const at = recordIn(file, random);
    if (at === undefined) return file;
    const length = file.readUInt32LE(at + 8) + random.between(-20, 20);
    file.writeUInt32LE(length >>> 0, at + 8);
    return file;
  },
  'another magic': (file, random) =>
    inHeader(file, 0, random.one([0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1, 0xa1b2cd34, 0x0a0d0d0a, 0x8b1f, 0])),
  'another version': (file, random) =>
    inHeader(file, 4, random.one([0x0004_0002, 0x0003_0002, 0x0004_0003, 0x0002_0004, 0xffff_ffff])),
  'wild snaplen': (file, random) => inHeader(file, 16, random.one(wild)),
  'another linktype': (file, random) =>
    inHeader(file, 20, random.one([0, 1, 9, 101, 113, 220, 249, 276, 0xf400_0001, random.integer(2 ** 32)])),
  'spliced with another': (file, random) => {
    const other = wholeFile(random);
    return Buffer.concat([
      file.subarray(0, random.integer(file.length + 1)),
      other.subarray(random.integer(other.length)),
    ]);
  },
  'another behind it': (file, random) => Buffer.concat([file, wholeFile(random)]),
  'a hole of zeros': (file, random) => {
    const from = random.integer(file.length + 1);
    return file.fill(0, from, Math.min(file.length, from + random.integer(4_096)));
  },
  'bytes lost': (file, random) => {
    const from = random.integer(file.length + 1);
    return Buffer.concat([file.subarray(0, from), file.subarray(from + random.between(1, 64))]);
  },
  'bytes put in': (file, random) => {
    const at = random.integer(file.length + 1);
    return Buffer.concat([file.subarray(0, at), random.bytes(random.between(1, 64)), file.subarray(at)]);
  },
  'a huge packet': (file, random) => {
    const huge = Buffer.alloc(recordHeader + random.one([65_536, 262_144]), 0x45);
    huge.writeUInt32LE(huge.length - recordHeader, 8);
    huge.writeUInt32LE(huge.length - recordHeader, 12);
    const at = recordIn(file, random) ?? file.length;
    return Buffer.concat([file.subarray(0, at), huge, file.subarray(at)]);
  },
  noise: (_, random) => random.bytes(random.integer(300)),
} as const satisfies Record<string, Mutation>;

export interface Mutated {
  readonly file: Buffer;
  readonly by: readonly (keyof typeof mutations)[];
}

/** A file of chance with up to three things done to it. */
export function mutatedFile(random: Random): Mutated {
  const names = Object.keys(mutations) as (keyof typeof mutations)[];
  const by = Array.from({ length: random.between(1, 3) }, () => random.one(names));
  return { by, file: by.reduce<Buffer>((file, name) => mutations[name](Buffer.from(file), random), wholeFile(random)) };
}

function inRecord(file: Buffer, random: Random, offset: number): Buffer {
  const at = recordIn(file, random);
  if (at !== undefined) file.writeUInt32LE(random.one(wild), at + offset);
  return file;
}

function inHeader(file: Buffer, offset: number, word: number): Buffer {
  if (file.length >= fileHeader) file.writeUInt32LE(word, offset);
  return file;
}

/** Where a record of a file begins; undefined where there is none. Its lengths are believed as they stand, in either byte order. */
function recordIn(file: Buffer, random: Random): number | undefined {
  const isSwapped = file.length > 0 && file.readUInt8(0) === 0xa1;
  const starts: number[] = [];
  for (let at = fileHeader; at + recordHeader <= file.length; ) {
    starts.push(at);
    at += recordHeader + (isSwapped ? file.readUInt32BE(at + 8) : file.readUInt32LE(at + 8));
  }
  return starts.length === 0 ? undefined : random.one(starts);
}
