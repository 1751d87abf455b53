import { type ByteReader, ByteWriter, putVarint } from './bytes.ts';
import { type Sought, SoughtValue } from './sought.ts';
import type { Values } from './values.ts';

/**
 * A section: the values of one kind, ascending, each with the list of its blocks. How many; then of each group of 64 its first value, whole,
 * and where the group begins behind these fences; then the groups. A value is written against the one before in its group: 32 bits as a
 * difference, 128 as how many bytes are alike and the rest. A list is how many blocks, and of each how many blocks it skips; or 0 and a
 * bit for each block of the file, where that is shorter.
 */
const groupValues = 64;

/** The blocks in which a term may occur: a bit each, the lowest of a word first. */
export type BlockSet = Uint32Array<ArrayBuffer>;

export function emptySet(blocks: number): BlockSet {
  return new Uint32Array(Math.ceil(blocks / 32));
}

export function encodeSection(values: Values, blockCount: number): Buffer {
  const { numbers, words } = values.sorted();
  const { starts, blocks } = values.postings.lists(values.count);
  const fences = new ByteWriter();
  const groups = new ByteWriter();
  fences.word(numbers.length);
  for (let place = 0; place < numbers.length; place += 1) {
    const number = numbers[place] as number;
    if (place % groupValues === 0) {
      for (const word of words) fences.word(word[place] as number);
      fences.word(groups.length);
    } else if (words.length === 1) {
      const [only] = words as [Uint32Array];
      groups.varint((only[place] as number) - (only[place - 1] as number));
    } else {
      writeAddress(words, place, groups);
    }
    writeList(blocks, starts[number] as number, starts[number + 1] as number, blockCount, groups);
  }
  return Buffer.concat([fences.bytes, groups.bytes]);
}

/** Where more of a file's blocks have a value that is sought, it is not worth knowing which: whoever wants few of them has other terms. */
const mostFound = 0.5;

/**
 * Adds to `found` the blocks of all values of a section that are sought: both are sorted, so that each is passed through once, and groups
 * without such a value not at all.
 * @returns false as soon as that is most of the blocks: then not all of them are there
 * @throws DamagedIndex
 */
export function addBlocksOf(sought: Sought, reader: ByteReader, blockCount: number, found: BlockSet): boolean {
  const fenceBytes = sought.width + 4;
  const count = reader.word();
  const groupCount = Math.ceil(count / groupValues);
  const fences = reader.skip(groupCount * fenceBytes);
  const groups = reader.at;
  const value = new SoughtValue(sought, reader.bytes);
  for (let group = 0; group < groupCount; group += 1) {
    const fence = fences + group * fenceBytes;
    // What follows begins at or before the first range: there is nothing of it here.
    if (group + 1 < groupCount && value.isAtMostFirst(fence + fenceBytes)) continue;
    value.begin(fence);
    if (value.isAboveAll()) return true;
    if (group + 1 < groupCount && value.isAtMostFirst(fence + fenceBytes)) continue;
    reader.at = groups + reader.bytes.readUInt32BE(fence + fenceBytes - 4);
    const inGroup = Math.min(groupValues, count - group * groupValues);
    for (let place = 0; place < inGroup; place += 1) {
      if (place > 0) value.step(reader);
      if (value.isAboveAll()) return true;
      readList(reader, blockCount, value.isSought() ? found : undefined);
    }
    if (sizeOf(found) > blockCount * mostFound) return false;
  }
  return true;
}

function sizeOf(set: BlockSet): number {
  let size = 0;
  for (let at = 0; at < set.length; at += 1) for (let bits = set[at] as number; bits !== 0; bits &= bits - 1) size += 1;
  return size;
}

/** Writes how many of its first bytes the address before has, too, and the others. */
function writeAddress(words: readonly Uint32Array[], place: number, writer: ByteWriter): void {
  const byteAt = (byte: number, of: number): number =>
    (((words[byte >> 2] as Uint32Array)[of] as number) >>> (24 - (byte & 3) * 8)) & 0xff;
  const bytes = writer.room(17);
  let [at, alike] = [writer.length, 0];
  while (alike < 15 && byteAt(alike, place - 1) === byteAt(alike, place)) alike += 1;
  bytes[at++] = alike;
  for (let byte = alike; byte < 16; byte += 1) bytes[at++] = byteAt(byte, place);
  writer.length = at;
}

/** Writes the list that stands in `blocks` from `begin` to before `end`. */
function writeList(blocks: Int32Array, begin: number, end: number, blockCount: number, writer: ByteWriter): void {
  const length = end - begin;
  const bitBytes = Math.ceil(blockCount / 8);
  const bytes = writer.room(8 + Math.max(bitBytes, length * 8));
  if (length * 8 > blockCount) {
    const bits = putVarint(0, bytes, writer.length);
    bytes.fill(0, bits, bits + bitBytes);
    for (let at = begin; at < end; at += 1) {
      const block = blocks[at] as number;
      bytes[bits + (block >> 3)] = (bytes[bits + (block >> 3)] as number) | (1 << (block & 7));
    }
    writer.length = bits + bitBytes;
    return;
  }
  let to = putVarint(length, bytes, writer.length);
  let next = 0;
  for (let at = begin; at < end; at += 1) {
    const block = blocks[at] as number;
    to = putVarint(block - next, bytes, to);
    next = block + 1;
  }
  writer.length = to;
}

/** Reads a list; passes over it where its blocks are not wanted. */
function readList(reader: ByteReader, blockCount: number, found: BlockSet | undefined): void {
  const length = reader.varint();
  if (length === 0) {
    const byteCount = Math.ceil(blockCount / 8);
    const begin = reader.skip(byteCount);
    if (found === undefined) return;
    for (let at = 0; at < byteCount; at += 1) {
      const bits = reader.bytes[begin + at] as number;
      found[at >> 2] = (found[at >> 2] as number) | (bits << ((at & 3) * 8));
    }
    return;
  }
  let next = 0;
  for (let at = 0; at < length; at += 1) {
    const block = next + reader.varint();
    // What a damaged list says of blocks that are not there sets no bit: writes outside a typed array do nothing.
    if (found !== undefined) found[block >>> 5] = (found[block >>> 5] as number) | (1 << (block & 31));
    next = block + 1;
  }
}
