import type { FileHandle } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import type { Micros, RingFileReport, Window } from '../capture.ts';
import { CaptureError } from '../errors.ts';
import { firstTimeIn, openRingFile } from '../ringfile.ts';
import { chunkBytes, headerBytes, type PcapHeader, readHeader, wantedRecords } from '../savefile.ts';
import { complaint, spawnFilter } from '../tcpdump.ts';
import { type Conversion, convert, endsInPacket } from './converted.ts';
import type { HostProgram } from './filter/hosts.ts';
import type { Sieve } from './filter/sieve.ts';
import { programsFor, type WantedHosts } from './hosts.ts';
import { ownRecords, type Twins } from './joint.ts';
import { notOpened, notThePlanned, type Read, reportOf } from './report.ts';
import type { RingFile } from './ring.ts';

/** What of a ring file is wanted. */
export interface Selection {
  readonly expression: string;
  /** Of which a packet must have one as well; null where there is no list. */
  readonly hosts: WantedHosts | null;
  readonly window: Window;
  readonly precision: PcapHeader['precision'];
  /** Packets that another capture has: they are left out. */
  readonly twins: Twins | null;
}

/** Where matches go: whole records only, each in place when the promise resolves. */
export type Append = (records: Buffer) => Promise<void>;
/** The same for what one scan finds, with how many it is. */
export type Take = (records: Buffer, packets: number) => Promise<void>;

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
  append: Take,
  signal: AbortSignal,
): AsyncGenerator<Scanned, RingFileReport> {
  let file: FileHandle;
  try {
    file = await openRingFile(planned.path);
  } catch (error) {
    return notOpened(planned, error);
  }
  try {
    const { ino, size } = await file.stat();
    // What is packed is not begun anew in the middle of a search.
    const firstAt = planned.packing === null ? await firstTimeIn(file, planned.header) : planned.firstAt;
    const other = notThePlanned(planned, { inode: ino, firstAt });
    if (other !== undefined) return other;
    return yield* filterFile(file, planned, size, selection, append, signal);
  } finally {
    await file.close();
  }
}

async function* filterFile(
  file: FileHandle,
  planned: RingFile,
  size: number,
  selection: Selection,
  append: Take,
  signal: AbortSignal,
): AsyncGenerator<Scanned, RingFileReport> {
  const hosts = selection.hosts && (await programsFor(selection.hosts, planned.header));
  const { tcpdump } = await spawnFilter(selection.expression, selection.precision);
  const matched = { packets: 0 };
  const collected = collect(tcpdump.stdout, { hosts, twins: selection.twins }, append, matched);
  // Told where it is awaited; until then it must not count as unhandled.
  collected.catch(() => undefined);
  const read: Read = { bytes: 0, reached: null, whole: 0, damaged: false };
  const conversion: Conversion = { trouble: null };
  const source = planned.packing === null ? piecesOf(file, size) : convert(file, planned.packing, conversion, signal);
  let isRead = true;
  try {
    for await (const records of recordsIn(source, planned.header, selection.window, read)) {
      await feed(tcpdump.stdin, records, collected);
      yield { bytes: read.bytes, reached: read.reached, packets: matched.packets };
      // One that has ended takes no more: what it was not given, it has not searched.
      isRead = !(signal.aborted || tcpdump.stdin.destroyed);
      if (!isRead) break;
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
    const hasGrown = size > planned.size;
    // Of what is packed only growth tells that its end is still to come.
    const isToCome = hasGrown || (planned.newest && endsInPacket(planned.packing, conversion));
    const isPartial = conversion.trouble !== null && isToCome;
    const notConverted = conversion.trouble === null || isToCome ? null : `${planned.packing}: ${conversion.trouble}`;
    return reportOf(planned, read, {
      packets: matched.packets,
      size: planned.packing === null ? size : isPartial ? Number.POSITIVE_INFINITY : read.bytes,
      words: words ?? notConverted,
      cancelled: signal.aborted && (interrupted || !isRead),
      growing: planned.newest || hasGrown,
    });
  } finally {
    tcpdump.kill('SIGKILL');
    await tcpdump;
    // Nothing is appended any more once we are done.
    await collected.catch(() => undefined);
  }
}

/** The file from its beginning to the size that it had. */
async function* piecesOf(file: FileHandle, size: number): AsyncGenerator<Buffer> {
  for (let offset = 0; offset < size; ) {
    // A new buffer each time: tcpdump's pipe may still hold the last one.
    const piece = Buffer.allocUnsafe(Math.min(chunkBytes, size - offset));
    const { bytesRead } = await file.read(piece, 0, piece.length, offset);
    if (bytesRead === 0) return;
    offset += bytesRead;
    yield piece.subarray(0, bytesRead);
  }
}

/** The file's header, then the whole records of the window, piece after piece. */
async function* recordsIn(
  source: AsyncIterable<Buffer>,
  header: PcapHeader,
  window: Window,
  read: Read,
): AsyncGenerator<Buffer> {
  const since = window.since ?? Number.NEGATIVE_INFINITY;
  const until = window.until ?? Number.POSITIVE_INFINITY;
  let pending: Buffer = Buffer.alloc(0);
  for await (const piece of source) {
    read.bytes += piece.length;
    pending = pending.length === 0 ? piece : Buffer.concat([pending, piece]);
    if (read.whole === 0) {
      if (pending.length < headerBytes) continue;
      yield pending.subarray(0, headerBytes);
      read.whole = headerBytes;
      pending = pending.subarray(headerBytes);
    }
    const { wanted, end, damaged } = wantedRecords(pending, header, ({ at }) => {
      read.reached = Math.max(read.reached ?? at, at);
      return at >= since && at < until;
    });
    read.whole += end;
    pending = pending.subarray(end);
    yield wanted;
    read.damaged = damaged;
    if (damaged) return;
  }
}

/** Writes to tcpdump and waits until it took it. One that has ended is told by its words later, not by a broken pipe here. */
async function feed(stdin: Writable, records: Buffer, collected: Promise<unknown>): Promise<void> {
  if (records.length === 0 || stdin.destroyed) return;
  const taken = new Promise<void>((resolve) => stdin.write(records, () => resolve()));
  // When what it prints can no longer be written, tcpdump would never take any more.
  await Promise.race([taken, collected]);
}

/**
 * Takes whole records out of tcpdump's output as they come, without its file header, and of a list of hosts those that have one; resolves
 * with whether it had nothing else.
 */
async function collect(
  stdout: Readable,
  { hosts, twins }: { readonly hosts: readonly HostProgram[] | null; readonly twins: Twins | null },
  append: Take,
  matched: { packets: number },
): Promise<boolean> {
  let pending: Buffer = Buffer.alloc(0);
  let header: PcapHeader | undefined;
  let sieve: Sieve | undefined;
  for await (const chunk of stdout as AsyncIterable<Buffer>) {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    if (header === undefined) {
      header = readHeader(pending);
      if (header === undefined) continue;
      if (hosts !== null) sieve = (await import('./filter/sieve.ts')).openSieve(hosts, header);
      pending = pending.subarray(headerBytes);
    }
    const { end, ...own } = ownRecords(pending, header, twins);
    const { wanted, packets } = sieve?.(own.wanted) ?? own;
    if (packets > 0) await append(wanted, packets);
    matched.packets += packets;
    pending = pending.subarray(end);
  }
  return pending.length === 0;
}
