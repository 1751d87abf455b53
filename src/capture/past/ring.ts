import type { Stats } from 'node:fs';
import { type FileHandle, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Micros, RingFileOutcome, RingFileReport, Window } from '../capture.ts';
import { CaptureError } from '../errors.ts';
import type { PinnedFile } from '../pin.ts';
import { openRingFile } from '../ringfile.ts';
import {
  beginningOfRecords,
  headerBytes,
  longestPacket,
  type PcapHeader,
  readHeader,
  readRecordHeader,
} from '../savefile.ts';
import { type Conversion, convert, endsInPacket, type Packing, packingOf } from './converted.ts';
import { unread } from './unread.ts';

/** A ring file that can be read: bounded by its first packet, since its name only hints at the time. */
export interface RingFile {
  readonly name: string;
  readonly path: string;
  readonly inode: number;
  readonly size: number;
  readonly header: PcapHeader;
  readonly firstAt: Micros;
  /** Milliseconds; no packet in the file is younger. */
  readonly modifiedAt: number;
  /** The ring's newest file may end in the middle of a packet: the logger is still writing it. */
  readonly newest: boolean;
  /** Where it is pinned, too; `path` is that place where the logger has pruned it. */
  readonly pinned: PinnedFile | null;
  /** How it is to be converted before it is read; null for a classic pcap. */
  readonly packing: Packing | null;
}

/** A place in the coverage statement: a file to search, or what is to be said of it instead; a file where it can be read. */
export type Planned =
  | { readonly search: RingFile }
  | { readonly report: RingFileReport; readonly file?: RingFile | undefined };

/** Milliseconds by which packets in a file may stand out of order, and its own time be off. */
const slack = 60_000;

/**
 * What a ring holds, in time order, each file with what is to be done with it. The window is [since, until).
 * @param pinned files of the ring that are held elsewhere: each is there once, from its pin where the ring has it no more
 * @throws CaptureError `tool_failed` when the ring's directory cannot be read
 */
export async function planRing(
  directory: string,
  window: Window,
  pinned: readonly PinnedFile[] = [],
): Promise<Planned[]> {
  const names = await readdir(directory, { encoding: 'buffer' }).catch((cause) => {
    throw new CaptureError('tool_failed', `the ring ${directory} cannot be read: ${cause.message}`, { cause });
  });
  const looked: Looked[] = [];
  // One after the other: an open file keeps a pruned one's blocks.
  for (const bytes of names) {
    const name = bytes.toString();
    const file = Buffer.from(name).equals(bytes) ? await lookAt(directory, name) : notNamed(name);
    if (file !== undefined) looked.push(file);
  }
  const known = await withPinned(looked, pinned);
  const places = known.sort((a, b) => a.at - b.at || (a.name < b.name ? -1 : 1)).map(({ planned }) => planned);
  // Before the window is looked at: the newest of the window may be long complete.
  const newest = places.findLast((place) => 'search' in place);
  return places.map((place) => {
    if ('report' in place) return place;
    const outside = outsideBy(place.search, window);
    if (outside !== undefined) {
      const { name, firstAt } = place.search;
      return { report: unread(name, 'outside window', outside, firstAt), file: place.search };
    }
    return { search: { ...place.search, newest: place === newest } };
  });
}

interface Looked {
  readonly name: string;
  /** Where it stands in time, milliseconds: its first packet, else its modification. */
  readonly at: number;
  readonly planned: Planned;
}

/** What the ring holds and what is pinned of it, each file once. */
async function withPinned(looked: readonly Looked[], pinned: readonly PinnedFile[]): Promise<Looked[]> {
  // A copy has another inode than its original, a file that was moved another name, and one that was packed since both.
  const keys = (file: { inode: number; name: string; firstAt: Micros }) =>
    [`${file.inode} ${file.firstAt}`, `${file.name.replace(packedName, '')}/${file.firstAt}`] as const;
  const longest = new Map<string, PinnedFile>();
  for (const held of pinned) {
    const [key] = keys(held);
    if (held.size > (longest.get(key)?.size ?? -1)) longest.set(key, held);
  }
  const originals = new Map<string, Looked>();
  for (const file of looked) {
    if ('search' in file.planned) for (const key of keys(file.planned.search)) originals.set(key, file);
  }
  const heldOf = new Map<Looked, PinnedFile>();
  const pruned: Looked[] = [];
  for (const held of longest.values()) {
    const [byInode, byName] = keys(held);
    const original = originals.get(byInode) ?? originals.get(byName);
    if (original === undefined) pruned.push(await lookAtPinned(held));
    else heldOf.set(original, held);
  }
  const inRing = looked.map((file) => {
    const held = heldOf.get(file);
    if (held === undefined || 'report' in file.planned) return file;
    return { ...file, planned: { search: { ...file.planned.search, pinned: held } } };
  });
  return [...inRing, ...pruned];
}

/** What is appended to the name of a file that is packed. */
const packedName = /\.(gz|zst|lz4)$/;

/** A pinned file where it is held; undefined where it cannot be read there. */
export async function heldFile(pinned: PinnedFile): Promise<RingFile | undefined> {
  const { planned } = await lookAtPinned(pinned);
  return 'search' in planned ? planned.search : undefined;
}

/** A pinned file that the ring has no more. */
async function lookAtPinned(pinned: PinnedFile): Promise<Looked> {
  const { name, path, firstAt, pin } = pinned;
  const file = await lookAt(dirname(path), basename(path));
  const lost = (why: string): Looked => {
    const report = unread(name, 'pruned', `pinned as ${pin}, but ${why}`, firstAt);
    return { name, at: firstAt / 1000, planned: { report } };
  };
  if (file === undefined) return lost('a directory is in its place');
  if ('report' in file.planned) return lost(file.planned.report.detail ?? file.planned.report.outcome);
  if (file.planned.search.firstAt !== firstAt) return lost('its logger began it anew');
  return { ...file, name, planned: { search: { ...file.planned.search, name, pinned } } };
}

/** One file of a ring and what is to be done with it; undefined for a directory. */
export async function placeOf(directory: string, name: string): Promise<Planned | undefined> {
  return (await lookAt(directory, name))?.planned;
}

/** A file that cannot be asked for by the text of its name. */
function notNamed(name: string): Looked {
  return { name, at: 0, planned: { report: unread(name, 'not searched', 'its name is not UTF-8: give it another') } };
}

async function lookAt(directory: string, name: string): Promise<Looked | undefined> {
  const path = join(directory, name);
  let file: FileHandle;
  try {
    file = await openRingFile(path);
  } catch (error) {
    return { name, at: 0, planned: { report: notOpened(name, error) } };
  }
  try {
    const stats = await file.stat();
    if (stats.isDirectory()) return undefined;
    return await lookInside(file, { name, path, stats });
  } catch (error) {
    return {
      name,
      at: 0,
      planned: { report: unread(name, 'unreadable', error instanceof Error ? error.message : String(error)) },
    };
  } finally {
    await file.close();
  }
}

async function lookInside(
  file: FileHandle,
  { name, path, stats }: { name: string; path: string; stats: Stats },
): Promise<Looked> {
  const skip = (outcome: RingFileOutcome, detail: string | null): Looked => ({
    name,
    at: stats.mtimeMs,
    planned: { report: unread(name, outcome, detail) },
  });
  if (!stats.isFile()) return skip('not searched', 'not a regular file');
  const start = Buffer.alloc(beginningOfRecords);
  const { bytesRead } = await file.read(start, 0, start.length, 0);
  if (bytesRead < headerBytes) return skip('empty', bytesRead === 0 ? null : 'its pcap header is not whole yet');
  const packing = packingOf(start) ?? null;
  const beginning =
    packing === null ? { bytes: start.subarray(0, bytesRead), trouble: null } : await beginningOf(file, packing);
  const header = readHeader(beginning.bytes);
  if (header === undefined) return skip('not searched', beginning.trouble ?? 'not a pcap file');
  if (beginning.bytes.length < start.length)
    return beginning.trouble === null ? skip('empty', null) : skip('not searched', beginning.trouble);
  const { at: firstAt, captured } = readRecordHeader(beginning.bytes, headerBytes, header);
  // Its time is no better than its length, and may not decide whether the file is looked at.
  if (captured > longestPacket) return skip('damaged', `damaged at offset ${headerBytes}: no packet can be that long`);
  const search: RingFile = {
    ...{ name, path, inode: stats.ino, size: stats.size, header, packing, firstAt },
    modifiedAt: stats.mtimeMs,
    newest: false,
    pinned: null,
  };
  return { name, at: firstAt / 1000, planned: { search } };
}

/** By what a file is known to hold nothing of the window; undefined when it must be read. */
function outsideBy(file: RingFile, { since, until }: Window): string | undefined {
  // Packets may stand out of order, above all around a file's beginning: what begins soon after the window is read.
  if (until !== null && file.firstAt >= until + slack * 1000) return 'by its first packet';
  return since !== null && (file.modifiedAt + slack) * 1000 < since ? 'by its file time' : undefined;
}

function notOpened(name: string, error: unknown): RingFileReport {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
      return unread(name, 'pruned', 'it vanished before it was opened');
    case 'ELOOP':
      return unread(name, 'not searched', 'a symbolic link: not followed');
    default:
      return unread(name, 'unreadable', error instanceof Error ? error.message : String(error));
  }
}

/** A file may unpack to far more than it is, without a packet in it. Milliseconds. */
const beginningPatience = 2_000;

/** The header and the first record's, of what a packed file holds. */
async function beginningOf(file: FileHandle, packing: Packing): Promise<{ bytes: Buffer; trouble: string | null }> {
  const conversion: Conversion = { trouble: null };
  const patience = AbortSignal.timeout(beginningPatience);
  let bytes: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of convert(file, packing, conversion, patience)) {
      bytes = Buffer.concat([bytes, chunk]);
      if (bytes.length >= beginningOfRecords) break;
    }
    if (patience.aborted) conversion.trouble = `no packet came out of it within ${beginningPatience / 1_000} s`;
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    return { bytes: Buffer.alloc(0), trouble: `${packing}: ${error.message}` };
  }
  // Its first packet is to come.
  const isBegun = bytes.length >= headerBytes && endsInPacket(packing, conversion);
  const said = isBegun ? null : conversion.trouble;
  return { bytes, trouble: said === null ? null : `${packing}: ${said}` };
}
