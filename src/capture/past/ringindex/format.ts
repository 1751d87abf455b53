import { crc32 } from 'node:zlib';
import { readBlocks, writeBlocks } from './blocktable.ts';
import { ByteReader, ByteWriter, DamagedIndex } from './bytes.ts';
import { encodeSection } from './section.ts';
import { type Block, type Ending, mostBlocks, type Survey } from './survey.ts';
import { type Kind, kinds } from './terms.ts';

/** What makes a ring file this one, as it is: a file of the same name, or the same file with more in it, is another. */
export interface Identity {
  readonly device: bigint;
  readonly inode: bigint;
  readonly size: bigint;
  /** Nanoseconds. */
  readonly modifiedAt: bigint;
}

/** What the beginning of an index file says. */
export interface Head {
  readonly identity: Identity;
  readonly linktype: number;
  readonly packets: number;
  /** Offset behind the last whole record of the ring file. */
  readonly end: number;
  readonly ending: Ending;
  readonly blockCount: number;
  readonly blocks: Section;
  /** Undefined of a kind that is not indexed. */
  readonly kinds: Readonly<Record<Kind, Section | undefined>>;
}

/** Where a section stands in the index file, and the CRC-32 of its bytes. */
export interface Section {
  readonly begin: number;
  readonly length: number;
  readonly checksum: number;
}

/** "capidx" and the version of the format. */
const magic = 0x6361_7069_6478_0001n;
const endings: readonly Ending[] = ['whole', 'cut', 'damaged'];
const singleWords = 10;
/** Magic, identity, linktype, packets, end, ending, blocks; then of each section its length and checksum; the checksum of all these. */
const headWords = singleWords + (1 + kinds.length) * 2 + 1;
export const headBytes = headWords * 8;

/**
 * An index of a ring file of so many bytes is never larger: of kinds that would be (a flood, nothing but tiny packets) the largest is left
 * out, and the next. This also bounds what is read of an index file, whatever it says.
 */
function mostBytes(size: bigint): number {
  return 1024 * 1024 + Number(size) * 0.02;
}

/** An index file: head, blocks, then a section for each kind. */
export function encodeIndex(survey: Survey, identity: Identity): Buffer {
  const blocks = new ByteWriter();
  writeBlocks(survey.blocks, blocks);
  const budget = mostBytes(identity.size) - headBytes - blocks.length;
  const sections = [blocks.bytes, ...withinBudget(sectionsOf(survey), budget)];
  const head = Buffer.alloc(headBytes);
  const words = [
    magic,
    identity.device,
    identity.inode,
    identity.size,
    identity.modifiedAt,
    ...[survey.linktype, survey.packets, survey.end, endings.indexOf(survey.ending), survey.blocks.length].map(BigInt),
    ...sections.flatMap((section) => [BigInt(section.length), BigInt(crc32(section))]),
  ];
  for (const [at, word] of words.entries()) head.writeBigUInt64BE(word, at * 8);
  head.writeBigUInt64BE(BigInt(crc32(head.subarray(0, -8))), headBytes - 8);
  return Buffer.concat([head, ...sections]);
}

/**
 * Reads the head of an index file of so many bytes.
 * @throws DamagedIndex when it is none of this version, or not as it was written
 */
export function readHead(bytes: Buffer, fileBytes: number): Head {
  if (bytes.length !== headBytes) throw new DamagedIndex('its head is not whole');
  const words = Array.from({ length: headWords }, (_, at) => bytes.readBigUInt64BE(at * 8));
  const [first, device = 0n, inode = 0n, size = 0n, modifiedAt = 0n, ...rest] = words;
  if (first !== magic) throw new DamagedIndex('it is no index of this version');
  if (rest.pop() !== BigInt(crc32(bytes.subarray(0, -8)))) throw new DamagedIndex('its head is not as it was written');
  const [linktype = 0, packets = 0, end = 0, ending = 0, blockCount = 0, ...table] = rest.map(Number);
  let begin = headBytes;
  const sections = Array.from({ length: 1 + kinds.length }, (_, at): Section => {
    const section = { begin, length: table[at * 2] ?? 0, checksum: table[at * 2 + 1] ?? 0 };
    begin += section.length;
    return section;
  });
  const [blocks, ...ofKinds] = sections;
  const word = endings[ending];
  const isFitting = begin === fileBytes && begin <= mostBytes(size) && blockCount <= mostBlocks && end <= Number(size);
  if (blocks === undefined || word === undefined || !isFitting)
    throw new DamagedIndex('its head does not fit its file');
  const byKind = Object.fromEntries(
    kinds.map((kind, at) => [kind, ofKinds[at]?.length === 0 ? undefined : ofKinds[at]]),
  ) as Head['kinds'];
  const identity = { device, inode, size, modifiedAt };
  return { identity, linktype, packets, end, ending: word, blockCount, blocks, kinds: byKind };
}

/** The blocks of the ring file. @throws DamagedIndex */
export function decodeBlocks(section: Buffer, { blockCount, end }: Head): Block[] {
  const blocks = readBlocks(new ByteReader(section), blockCount);
  if ((blocks.at(-1)?.end ?? end) !== end) throw new DamagedIndex('its blocks do not end where its ring file does');
  return blocks;
}

export function isSame(one: Identity, other: Identity): boolean {
  return (
    one.device === other.device &&
    one.inode === other.inode &&
    one.size === other.size &&
    one.modifiedAt === other.modifiedAt
  );
}

/** A section a kind, empty where it is not indexed. */
function sectionsOf({ terms, blocks }: Survey): Buffer[] {
  return kinds.map((kind) => {
    const values = terms?.values[kind];
    return values === undefined || values.postings.givenUp ? Buffer.alloc(0) : encodeSection(values, blocks.length);
  });
}

function withinBudget(sections: readonly Buffer[], budget: number): Buffer[] {
  const kept = [...sections];
  for (;;) {
    const lengths = kept.map(({ length }) => length);
    if (lengths.reduce((sum, length) => sum + length, 0) <= budget) return kept;
    kept[lengths.indexOf(Math.max(...lengths))] = Buffer.alloc(0);
  }
}
