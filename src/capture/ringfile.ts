import { constants, openSync } from 'node:fs';
import { type FileHandle, lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Micros } from './capture.ts';
import {
  beginningOfRecords,
  firstTime,
  headerBytes,
  type PcapHeader,
  type RecordFormat,
  readHeader,
  recordHeaderBytes,
  walkRecords,
} from './savefile.ts';

/** LINKTYPE_ETHERNET (tcpdump.org/linktypes.html). */
export const ethernet = 1;
/** The EtherTypes of tags that libpcap's `vlan` knows: 802.1Q, 802.1ad and the older QinQ (pcap-filter(7)). */
const tagTypes = new Set([0x8100, 0x88a8, 0x9100]);
const etherTypeAt = 12;
/** Of each file that is looked into. */
const beginningBytes = 256 * 1024;
/** The newest may be empty yet, and the one before cut. */
const mostFiles = 3;

const readable = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Opens a ring file for reading without following links or waiting for a pipe's other end. */
export function openRingFile(path: string): Promise<FileHandle> {
  return open(path, readable);
}

/** The same in a thread that may wait; gives the descriptor. */
export function openRingFileSync(path: string): number {
  return openSync(path, readable);
}

/** When the first packet of a file was seen, in its header's terms; undefined when it has none. */
export async function firstTimeIn(file: FileHandle, header: RecordFormat): Promise<Micros | undefined> {
  const start = Buffer.alloc(beginningOfRecords);
  const { bytesRead } = await file.read(start, 0, start.length, 0);
  return firstTime(start.subarray(0, bytesRead), header);
}

/**
 * Whether there are VLAN tags at the beginning of a few of these ring files: the newest, the oldest and the one in the middle. They are
 * a sample: what carries tags rarely may be taken for untagged.
 * @param paths in time order
 */
export async function sampleCarriesTags(paths: readonly string[]): Promise<boolean> {
  const places = new Set([paths.length - 1, 0, Math.floor(paths.length / 2)]);
  return anyCarriesTags([...places].flatMap((place) => paths[place] ?? []));
}

/** Whether there are VLAN tags at the beginning of the newest files in a ring; false where it cannot be read. */
export async function ringCarriesTags(directory: string): Promise<boolean> {
  const names = await readdir(directory).catch(() => []);
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(directory, name);
      const modifiedAt = await lstat(path).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      );
      return { path, modifiedAt };
    }),
  );
  const newest = files.toSorted((one, other) => other.modifiedAt - one.modifiedAt).slice(0, mostFiles);
  return anyCarriesTags(newest.map(({ path }) => path));
}

/** One after the other: an open file keeps a pruned one's blocks. */
async function anyCarriesTags(paths: readonly string[]): Promise<boolean> {
  for (const path of paths) if (await beginsWithTags(path).catch(() => false)) return true;
  return false;
}

async function beginsWithTags(path: string): Promise<boolean> {
  const file = await openRingFile(path);
  try {
    const bytes = Buffer.allocUnsafe(beginningBytes);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    const start = bytes.subarray(0, bytesRead);
    const header = readHeader(start);
    return header?.linktype === ethernet && hasTags(start.subarray(headerBytes), header);
  } finally {
    await file.close();
  }
}

function hasTags(records: Buffer, header: PcapHeader): boolean {
  let found = false;
  walkRecords(records, header, ({ captured }, offset) => {
    if (captured < etherTypeAt + 2) return;
    found ||= tagTypes.has(records.readUInt16BE(offset + recordHeaderBytes + etherTypeAt));
  });
  return found;
}
