import { execFile } from 'node:child_process';
import { closeSync, existsSync, fstatSync, readlinkSync, readSync } from 'node:fs';
import { setPriority } from 'node:os';
import { basename } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { RingFileReport } from '../../capture.ts';
import { openRingFileSync } from '../../ringfile.ts';
import { beginningOfRecords, firstTime, headerBytes } from '../../savefile.ts';
import { openScanner, type Scanner, translate } from '../filter/scanner.ts';
import { notOpened, notThePlanned, type Read, reportOf } from '../report.ts';
import type { RingFile } from '../ring.ts';
import type { ByteRange } from '../ringindex/lookup.ts';
import type { Indexed } from './indexed.ts';
import type { Said, Task, ThreadOrder } from './messages.ts';
import { giverOf, type Slots, slotBytes } from './slots.ts';

/** What a thread does its work with. */
interface Work {
  readonly order: ThreadOrder;
  readonly scanner: Scanner;
  readonly indexed: Indexed;
}

const slots = giverOf(workerData as Slots);
yieldToTheLogger();
/** Bytes read of the file at hand. */
let readOfFile = 0;
let preparing: Promise<Work> | undefined;
parentPort?.on('message', async (said: ThreadOrder | Task) => {
  if ('program' in said) {
    preparing = prepared(said);
    return;
  }
  if (preparing === undefined) throw new Error('a file came before the order');
  const { place, file } = said;
  const work = await preparing;
  readOfFile = 0;
  const report = scanned(work, place, file);
  say({ place, says: 'ended', report, read: readOfFile });
});

async function prepared(order: ThreadOrder): Promise<Work> {
  const translation = translate(order.program, order.hosts);
  if (!translation.translatable) throw new Error(`a program for a thread cannot be translated: ${translation.why}`);
  // Without an index a thread starts in half the time.
  const indexed = existsSync(order.indexes) ? (await import('./indexed.ts')).openIndexes(order) : () => undefined;
  return { order, scanner: openScanner(translation.module), indexed };
}

/** The logger and the network come first: least of the processor and of the disk, for this thread alone. */
function yieldToTheLogger(): void {
  setPriority(0, 10);
  const thread = basename(readlinkSync('/proc/thread-self'));
  // Where there is no ionice, or no such scheduler, the search is as polite as nice makes it.
  execFile('ionice', ['-c', '2', '-n', '7', '-p', thread], () => undefined);
}

function say(said: Said): void {
  parentPort?.postMessage(said);
}

function scanned(work: Work, place: number, file: RingFile): RingFileReport {
  let descriptor: number;
  try {
    descriptor = openRingFileSync(file.path);
  } catch (error) {
    return notOpened(file, error);
  }
  try {
    const stats = fstatSync(descriptor, { bigint: true });
    const start = Buffer.alloc(beginningOfRecords);
    const firstAt = firstTime(start.subarray(0, readSync(descriptor, start, 0, start.length, 0)), file.header);
    const other = notThePlanned(file, { inode: Number(stats.ino), firstAt });
    const size = Number(stats.size);
    const now = { ...file, size, newest: file.newest || size > file.size };
    return other ?? scan(work, descriptor, place, now, work.indexed(file, stats));
  } finally {
    closeSync(descriptor);
  }
}

/** Matches are put into a slot once there are so many bytes of them, while they are in the processor's cache. */
const worthPutting = 256 * 1024;
/** A slot is given once it has so many, or so many milliseconds after the last. */
const worthGiving = slotBytes / 2;
const giveEvery = 100;

/**
 * Scans what is to be read of a file.
 * @param file with the size that it has now, as the newest where it has grown since the plan
 * @param known what its index says of it
 */
function scan(
  { scanner, order }: Work,
  descriptor: number,
  place: number,
  file: RingFile,
  known: ReturnType<Indexed>,
): RingFileReport {
  const { window, precision } = order;
  const read: Read = known?.read ?? { bytes: headerBytes, reached: null, whole: headerBytes, damaged: false };
  let packets = 0;
  let slot: Uint8Array | undefined;
  /** Bytes and packets in the slot, and packets that were ever put into one. */
  let [filled, standing, put] = [0, 0, 0];
  let givenAt = performance.now();
  const give = () => {
    say({ place, says: 'matched', length: filled, packets: standing, bytes: read.bytes, reached: read.reached });
    if (filled > 0) slots.gave();
    [filled, standing, slot] = [0, 0, undefined];
    givenAt = performance.now();
  };
  const putAway = () => {
    const records = scanner.drain();
    if (records.length === 0) return;
    if (filled + records.length > slotBytes) give();
    slot ??= slots.next();
    slot.set(records, filled);
    filled += records.length;
    standing += packets - put;
    put = packets;
  };
  /** Looks at the bytes taken: how many are whole records, and whether what follows is none. */
  const look = (): { consumed: number; isDamaged: boolean } => {
    for (let consumed = 0; ; ) {
      const step = scanner.scan();
      consumed += step.consumed;
      packets += step.packets;
      if (step.latest !== null) read.reached = Math.max(read.reached ?? step.latest, step.latest);
      const isFull = step.stop === 'output full';
      const isLate = performance.now() - givenAt > giveEvery;
      if (isFull || isLate || scanner.outputBytes() >= worthPutting) putAway();
      if (isLate || filled >= worthGiving) give();
      if (!isFull) return { consumed, isDamaged: step.stop === 'damaged' };
    }
  };
  /** Scans a part that begins with a record: the offset behind its last whole one, and what kept it from being read. */
  const scanRange = ({ begin, end }: ByteRange): { whole: number; trouble: string | null } => {
    scanner.begin({ header: file.header, window, precision });
    let whole = begin;
    for (read.bytes = begin; read.bytes < end && !slots.isToStop(); ) {
      const length = Math.min(scanner.input.length, end - read.bytes);
      let bytesRead: number;
      try {
        bytesRead = readSync(descriptor, scanner.input, 0, length, read.bytes);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        return { whole, trouble: `at offset ${read.bytes}: ${why}` };
      }
      if (bytesRead === 0) break;
      read.bytes += bytesRead;
      readOfFile += bytesRead;
      scanner.take(bytesRead);
      const { consumed, isDamaged } = look();
      whole += consumed;
      read.damaged ||= isDamaged;
      if (isDamaged) break;
    }
    return { whole, trouble: null };
  };
  let trouble: string | null = null;
  for (const range of known?.ranges ?? [{ begin: headerBytes, end: file.size }]) {
    const scanned = scanRange(range);
    trouble = scanned.trouble;
    if (known === undefined) read.whole = scanned.whole;
    else if (scanned.whole !== range.end && !slots.isToStop())
      trouble ??= `at offset ${scanned.whole}: it is not what it was when it was indexed`;
    if (trouble !== null) break;
  }
  putAway();
  if (filled > 0) give();
  const isCancelled = slots.isToStop() && (known !== undefined || read.bytes < file.size);
  return reportOf(file, read, {
    packets,
    size: file.size,
    words: trouble,
    cancelled: isCancelled,
    growing: file.newest,
  });
}
