import type { FileHandle } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import type { Micros, RingFileReport, Window } from '../capture.ts';
import { CaptureError } from '../errors.ts';
import { openRingFile } from '../ringfile.ts';
import {
  chunkBytes,
  headerBytes,
  type PcapHeader,
  readHeader,
  readRecordHeader,
  recordHeaderBytes,
  wantedRecords,
} from '../savefile.ts';
import { complaint, spawnFilter } from '../tcpdump.ts';
import type { Twins } from './joint.ts';
import { type RingFile, unread } from './ring.ts';

/** What of a ring file is wanted. */
export interface Selection {
  readonly expression: string;
  readonly window: Window;
  readonly precision: PcapHeader['precision'];
  /** Packets that another capture has: they are left out. */
  readonly twins: Twins | null;
}

/** Where matches go: whole records only, each in place when the promise resolves. */
export type Append = (records: Buffer) => Promise<void>;

/** How far the scan of one file is. */
export interface Scanned {
  /** Bytes of this file read so far. */
  readonly bytes: number;
  readonly reached: Micros | null;
  /** Packets of this file matched so far. */
  readonly packets: number;
}

/**
 * Searches one ring file: its whole records of the window go through a tcpdump with the expression, so that what comes out is
 * exactly what `tcpdump -r` selects. Yields after each chunk; returns the file's line of the coverage statement. The file's own
 * troubles end in that line; only what `append` throws is thrown, and `tool_failed` when somebody ends the filter. Stops feeding when the signal aborts; what was fed is kept.
 */
export async function* scanRingFile(
  planned: RingFile,
  selection: Selection,
  append: Append,
  signal: AbortSignal,
): AsyncGenerator<Scanned, RingFileReport> {
  let file: FileHandle;
  try {
    file = await openRingFile(planned.path);
  } catch (error) {
    return gone(planned, error);
  }
  try {
    const { ino, size } = await file.stat();
    if (ino !== planned.inode) return unread(planned.name, 'pruned', 'another file has its name now', planned.firstAt);
    if ((await firstTime(file, planned.header)) !== planned.firstAt)
      return unread(planned.name, 'pruned', 'it was begun anew: what it holds now was not searched', planned.firstAt);
    return yield* filterFile(file, planned, size, selection, append, signal);
  } finally {
    await file.close();
  }
}

/** When the first packet of a file was seen, in its header's terms; undefined when it has none. */
async function firstTime(file: FileHandle, header: PcapHeader): Promise<Micros | undefined> {
  const start = Buffer.alloc(headerBytes + recordHeaderBytes);
  const { bytesRead } = await file.read(start, 0, start.length, 0);
  return bytesRead === start.length ? readRecordHeader(start, headerBytes, header).at : undefined;
}

/** What reading the records of a file came to. */
interface Read {
  bytes: number;
  reached: Micros | null;
  /** Offset up to which whole records were read. */
  whole: number;
  damaged: boolean;
}

async function* filterFile(
  file: FileHandle,
  planned: RingFile,
  size: number,
  selection: Selection,
  append: Append,
  signal: AbortSignal,
): AsyncGenerator<Scanned, RingFileReport> {
  const { tcpdump } = await spawnFilter(selection.expression, selection.precision);
  const matched = { packets: 0 };
  const collected = collect(tcpdump.stdout, selection.twins, append, matched);
  // Told where it is awaited; until then it must not count as unhandled.
  collected.catch(() => undefined);
  const read: Read = { bytes: 0, reached: null, whole: headerBytes, damaged: false };
  try {
    for await (const records of recordsIn(file, planned.header, size, selection.window, read)) {
      await feed(tcpdump.stdin, records, collected);
      yield { bytes: read.bytes, reached: read.reached, packets: matched.packets };
      // One that has ended takes no more: what it was not given, it has not searched.
      if (signal.aborted || tcpdump.stdin.destroyed) break;
    }
    const tookAll = !tcpdump.stdin.destroyed;
    tcpdump.stdin.end();
    const gaveWhole = await collected;
    const { stderr, failed, signal: endedBy } = await tcpdump;
    const words = failed ? (complaint(stderr) ?? 'tcpdump ended early') : null;
    // SIGINT it takes as an end like any other, with a line end for its last word; or it blames the file for it.
    const interrupted =
      endedBy !== undefined || (words === null ? !(tookAll && gaveWhole) : words.includes('Interrupted system call'));
    if (interrupted && !signal.aborted) {
      throw new CaptureError(
        'tool_failed',
        `the tcpdump that filtered ${planned.name} was ended by ${endedBy ?? 'SIGINT'}: the search is not complete, run it again`,
      );
    }
    return reportOf(planned, read, {
      packets: matched.packets,
      size,
      words,
      cancelled: signal.aborted && (interrupted || read.bytes < size),
      growing: planned.newest || size > planned.size,
    });
  } finally {
    tcpdump.kill('SIGKILL');
    await tcpdump;
  }
}

/** The file's header, then the whole records of the window, chunk after chunk. */
async function* recordsIn(
  file: FileHandle,
  header: PcapHeader,
  size: number,
  window: Window,
  read: Read,
): AsyncGenerator<Buffer> {
  const since = window.since ?? Number.NEGATIVE_INFINITY;
  const until = window.until ?? Number.POSITIVE_INFINITY;
  const first = Buffer.alloc(headerBytes);
  await file.read(first, 0, headerBytes, 0);
  read.bytes = headerBytes;
  yield first;
  let leftOver: Buffer = Buffer.alloc(0);
  while (read.bytes < size && !read.damaged) {
    // A new buffer each time: tcpdump's pipe may still hold the last one.
    const chunk = Buffer.allocUnsafe(leftOver.length + Math.min(chunkBytes, size - read.bytes));
    leftOver.copy(chunk);
    const { bytesRead } = await file.read(chunk, leftOver.length, chunk.length - leftOver.length, read.bytes);
    if (bytesRead === 0) return;
    read.bytes += bytesRead;
    const bytes = chunk.subarray(0, leftOver.length + bytesRead);
    const { wanted, end, damaged } = wantedRecords(bytes, header, ({ at }) => {
      read.reached = Math.max(read.reached ?? at, at);
      return at >= since && at < until;
    });
    read.whole += end;
    read.damaged = damaged;
    leftOver = bytes.subarray(end);
    yield wanted;
  }
}

/** Writes to tcpdump and waits until it took it. One that has ended is told by its words later, not by a broken pipe here. */
async function feed(stdin: Writable, records: Buffer, collected: Promise<unknown>): Promise<void> {
  if (records.length === 0 || stdin.destroyed) return;
  const taken = new Promise<void>((resolve) => stdin.write(records, () => resolve()));
  // When what it prints can no longer be written, tcpdump would never take any more.
  await Promise.race([taken, collected]);
}

/** Takes whole records out of tcpdump's output as they come, without its file header; resolves with whether it had nothing else. */
async function collect(
  stdout: Readable,
  twins: Twins | null,
  append: Append,
  matched: { packets: number },
): Promise<boolean> {
  let pending: Buffer = Buffer.alloc(0);
  let header: PcapHeader | undefined;
  for await (const chunk of stdout as AsyncIterable<Buffer>) {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    if (header === undefined) {
      header = readHeader(pending);
      if (header === undefined) continue;
      pending = pending.subarray(headerBytes);
    }
    const records = pending;
    const { wanted, packets, end } = wantedRecords(
      records,
      header,
      (record, offset, recordEnd) =>
        twins === null || !twins.has(record, records.subarray(offset + recordHeaderBytes, recordEnd)),
    );
    if (packets > 0) await append(wanted);
    matched.packets += packets;
    pending = pending.subarray(end);
  }
  return pending.length === 0;
}

function reportOf(
  file: RingFile,
  read: Read,
  end: { packets: number; size: number; words: string | null; cancelled: boolean; growing: boolean },
): RingFileReport {
  const line = (outcome: RingFileReport['outcome'], detail: string | null): RingFileReport => ({
    file: file.name,
    outcome,
    from: file.firstAt,
    to: read.reached,
    packets: end.packets,
    detail,
  });
  if (end.cancelled) return line('not searched', `cancelled in the middle of it, at offset ${read.whole}`);
  if (end.words !== null) return line('damaged', end.words);
  if (read.damaged) return line('damaged', `damaged at offset ${read.whole}: no packet can be that long`);
  if (read.whole === end.size) return line('searched', null);
  if (end.growing) return line('searched', 'still being written: read up to its last whole packet');
  return line('cut', `its last packet, at offset ${read.whole}, is not whole`);
}

function gone(file: RingFile, error: unknown): RingFileReport {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
    return unread(file.name, 'pruned', 'it was pruned before it was read', file.firstAt);
  }
  return unread(file.name, 'unreadable', error instanceof Error ? error.message : String(error), file.firstAt);
}
