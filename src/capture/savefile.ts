import type { FileHandle } from 'node:fs/promises';
import type { Micros } from './capture.ts';

/** The classic pcap file header, 24 bytes (draft-ietf-opsawg-pcap). */
export interface PcapHeader {
  readonly littleEndian: boolean;
  readonly precision: 'microseconds' | 'nanoseconds';
  readonly snaplen: number;
  readonly linktype: number;
  /** What stands above the linktype in its word: how long the frame check sequence is, for one. */
  readonly linktypeFlags: number;
  readonly version: { readonly major: number; readonly minor: number };
}

/** What of a header tells how its records are laid out. */
export type RecordFormat = Pick<PcapHeader, 'littleEndian' | 'precision'>;

/** What a header that we write says. */
export type WrittenHeader = Pick<PcapHeader, 'precision' | 'snaplen' | 'linktype'>;

/** A record's header, 16 bytes; its packet follows. */
export interface RecordHeader {
  readonly at: Micros;
  /** Bytes of the packet in the file. */
  readonly captured: number;
  /** Bytes of the packet on the wire. */
  readonly length: number;
}

export const headerBytes = 24;
export const recordHeaderBytes = 16;
/** libpcap reads no record longer than this (MAXIMUM_SNAPLEN): what claims more is damage. */
export const longestPacket = 262144;

/** The bits of a header's linktype word that are the linktype (LT_LINKTYPE of libpcap). */
const linktypeMask = 0x03ffffff;

/** Files are read this much at a time: it stays in the processor's cache, and nothing else waits long for it. */
export const chunkBytes = 512 * 1024;

/**
 * A file from its beginning to its end; each chunk is written over by the next.
 * @param signal ends it with its reason
 * @throws the file system's errors
 */
export async function* chunksOf(file: FileHandle, signal?: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
  const chunk = Buffer.alloc(chunkBytes);
  for (let position = 0; ; ) {
    signal?.throwIfAborted();
    const { bytesRead } = await file.read(chunk, 0, chunkBytes, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield chunk.subarray(0, bytesRead);
  }
}

/** Reads a pcap file header; undefined when these bytes are none. */
export function readHeader(bytes: Buffer): PcapHeader | undefined {
  if (bytes.length < headerBytes) return undefined;
  const magic = bytes.readUInt32LE(0);
  const swapped = bytes.readUInt32BE(0);
  const littleEndian = magic === 0xa1b2c3d4 || magic === 0xa1b23c4d;
  if (!littleEndian && swapped !== 0xa1b2c3d4 && swapped !== 0xa1b23c4d) return undefined;
  const read = littleEndian ? readLittle : readBig;
  const linktype = read(bytes, 20);
  return {
    littleEndian,
    precision: (littleEndian ? magic : swapped) === 0xa1b23c4d ? 'nanoseconds' : 'microseconds',
    snaplen: read(bytes, 16),
    linktype: linktype & linktypeMask,
    linktypeFlags: (linktype & ~linktypeMask) >>> 0,
    version: littleEndian
      ? { major: bytes.readUInt16LE(4), minor: bytes.readUInt16LE(6) }
      : { major: bytes.readUInt16BE(4), minor: bytes.readUInt16BE(6) },
  };
}

/** A pcap file header of version 2.4, little-endian as tcpdump writes it here, where it is not said. */
export function headerFor({ precision, snaplen, linktype }: WrittenHeader, littleEndian = true): Buffer {
  const bytes = Buffer.alloc(headerBytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint32(0, precision === 'nanoseconds' ? 0xa1b23c4d : 0xa1b2c3d4, littleEndian);
  view.setUint16(4, 2, littleEndian);
  view.setUint16(6, 4, littleEndian);
  view.setUint32(16, snaplen, littleEndian);
  view.setUint32(20, linktype, littleEndian);
  return bytes;
}

/** Reads the record header at an offset that has 16 bytes behind it. */
export function readRecordHeader(bytes: Buffer, offset: number, header: RecordFormat): RecordHeader {
  const read = header.littleEndian ? readLittle : readBig;
  const fraction = read(bytes, offset + 4);
  return {
    at: read(bytes, offset) * 1_000_000 + (header.precision === 'nanoseconds' ? Math.floor(fraction / 1000) : fraction),
    captured: read(bytes, offset + 8),
    length: read(bytes, offset + 12),
  };
}

/** A file's header and that of its first record. */
export const beginningOfRecords = headerBytes + recordHeaderBytes;

/** When the first packet was seen, by the beginning of a file; undefined where that is too short. */
export function firstTime(start: Buffer, format: RecordFormat): Micros | undefined {
  return start.length < beginningOfRecords ? undefined : readRecordHeader(start, headerBytes, format).at;
}

/** How far whole records reach in a buffer, and whether what follows is no record at all. */
export interface Walked {
  readonly end: number;
  readonly damaged: boolean;
}

/**
 * Walks the whole records in `bytes`, which begins with a record header. A record that claims more than any packet has is damage;
 * one that needs more bytes than there are ends the walk.
 */
export function walkRecords(
  bytes: Buffer,
  header: RecordFormat,
  visit: (record: RecordHeader, offset: number, end: number) => void,
): Walked {
  let offset = 0;
  while (offset + recordHeaderBytes <= bytes.length) {
    const record = readRecordHeader(bytes, offset, header);
    if (record.captured > longestPacket) return { end: offset, damaged: true };
    const end = offset + recordHeaderBytes + record.captured;
    if (end > bytes.length) break;
    visit(record, offset, end);
    offset = end;
  }
  return { end: offset, damaged: false };
}

/** The whole records in `bytes` that are wanted, one behind the other, and how many they are; the rest as `walkRecords`. */
export function wantedRecords(
  bytes: Buffer,
  header: RecordFormat,
  isWanted: (record: RecordHeader, offset: number, end: number) => boolean,
): Walked & { readonly wanted: Buffer; readonly packets: number } {
  const runs: Buffer[] = [];
  let packets = 0;
  let begin = 0;
  const walked = walkRecords(bytes, header, (record, offset, recordEnd) => {
    if (isWanted(record, offset, recordEnd)) {
      packets += 1;
      return;
    }
    if (offset > begin) runs.push(bytes.subarray(begin, offset));
    begin = recordEnd;
  });
  if (walked.end > begin) runs.push(bytes.subarray(begin, walked.end));
  return { ...walked, packets, wanted: runs.length === 1 && runs[0] !== undefined ? runs[0] : Buffer.concat(runs) };
}

function readLittle(bytes: Buffer, offset: number): number {
  return bytes.readUInt32LE(offset);
}

function readBig(bytes: Buffer, offset: number): number {
  return bytes.readUInt32BE(offset);
}
