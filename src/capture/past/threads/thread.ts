import { execFile } from 'node:child_process';
import { closeSync, constants, fstatSync, openSync, readlinkSync, readSync } from 'node:fs';
import { setPriority } from 'node:os';
import { basename } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { Micros, RingFileReport } from '../../capture.ts';
import { headerBytes, type PcapHeader, readRecordHeader, recordHeaderBytes } from '../../savefile.ts';
import { openScanner, translate } from '../filter/scanner.ts';
import { notOpened, notThePlanned, type Read, reportOf } from '../report.ts';
import type { RingFile } from '../ring.ts';
import { mostGiven, type Said, shared, type Task, type ThreadOrder } from './messages.ts';

const { program, window, precision, state } = workerData as ThreadOrder;
const words = new Int32Array(state);
const translation = translate(program);
if (!translation.translatable) throw new Error(`a program for a thread cannot be translated: ${translation.why}`);
const scanner = openScanner(translation.module);

yieldToTheLogger();
parentPort?.on('message', ({ place, file }: Task) => {
  say({ place, says: 'ended', report: scanned(place, file) });
});

/** The logger and the network come first: least of the processor and of the disk, for this thread alone. */
function yieldToTheLogger(): void {
  setPriority(0, 10);
  const thread = basename(readlinkSync('/proc/thread-self'));
  // Where there is no ionice, or no such scheduler, the search is as polite as nice makes it.
  execFile('ionice', ['-c', '2', '-n', '7', '-p', thread], () => undefined);
}

function say(said: Said, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(said, transfer);
}

function scanned(place: number, file: RingFile): RingFileReport {
  let descriptor: number;
  try {
    descriptor = openSync(file.path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    return notOpened(file, error);
  }
  try {
    const { ino, size } = fstatSync(descriptor);
    const other = notThePlanned(file, { inode: ino, firstAt: firstTime(descriptor, file.header) });
    return other ?? scan(descriptor, place, { ...file, size });
  } finally {
    closeSync(descriptor);
  }
}

function firstTime(descriptor: number, header: PcapHeader): Micros | undefined {
  const start = Buffer.alloc(headerBytes + recordHeaderBytes);
  return readSync(descriptor, start, 0, start.length, 0) === start.length
    ? readRecordHeader(start, headerBytes, header).at
    : undefined;
}

/** Matches are given once there are so many bytes of them, or so many milliseconds after the last. */
const worthGiving = 256 * 1024;
const giveEvery = 100;

/** @param file with the size that it has now */
function scan(descriptor: number, place: number, file: RingFile & { readonly size: number }): RingFileReport {
  const read: Read = { bytes: headerBytes, reached: null, whole: headerBytes, damaged: false };
  let packets = 0;
  let given = 0;
  let givenAt = performance.now();
  const give = () => {
    const records = new Uint8Array(scanner.drain());
    Atomics.add(words, shared.given, records.length);
    say({ place, says: 'matched', records, packets: packets - given, bytes: read.bytes, reached: read.reached }, [
      records.buffer,
    ]);
    given = packets;
    givenAt = performance.now();
    waitUntilTaken();
  };
  let trouble: string | null = null;
  scanner.begin({ header: file.header, window, precision });
  while (read.bytes < file.size && !read.damaged && !isToStop()) {
    let bytesRead: number;
    try {
      bytesRead = readSync(
        descriptor,
        scanner.input,
        0,
        Math.min(scanner.input.length, file.size - read.bytes),
        read.bytes,
      );
    } catch (error) {
      trouble = `at offset ${read.bytes}: ${error instanceof Error ? error.message : String(error)}`;
      break;
    }
    if (bytesRead === 0) break;
    read.bytes += bytesRead;
    scanner.take(bytesRead);
    for (let stop: string = 'output full'; stop === 'output full'; ) {
      const step = scanner.scan();
      stop = step.stop;
      read.whole += step.consumed;
      read.damaged = stop === 'damaged';
      packets += step.packets;
      if (step.latest !== null) read.reached = Math.max(read.reached ?? step.latest, step.latest);
      if (stop === 'output full' || scanner.outputBytes() >= worthGiving || performance.now() - givenAt > giveEvery)
        give();
    }
  }
  if (packets > given) give();
  scanner.drain();
  return reportOf(file, read, {
    packets,
    size: file.size,
    words: trouble,
    cancelled: isToStop() && read.bytes < file.size,
    growing: file.newest,
  });
}

function isToStop(): boolean {
  return Atomics.load(words, shared.stop) !== 0;
}

/** A thread is ahead of who takes what it gives by so much, and no more. */
function waitUntilTaken(): void {
  for (;;) {
    const given = Atomics.load(words, shared.given);
    if (given <= mostGiven || isToStop()) return;
    Atomics.wait(words, shared.given, given, 1_000);
  }
}
