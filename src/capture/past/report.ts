import type { Micros, RingFileReport } from '../capture.ts';
import type { RingFile } from './ring.ts';
import { unread } from './unread.ts';

/** What reading the records of a file came to. */
export interface Read {
  bytes: number;
  reached: Micros | null;
  /** Offset up to which whole records were read. */
  whole: number;
  damaged: boolean;
}

/** How the scan of a file ended. */
export interface ScanEnd {
  /** Matched in it. */
  readonly packets: number;
  /** Of the file when it was opened. */
  readonly size: number;
  /** What the tool that read it complained of; null where it did not. */
  readonly words: string | null;
  readonly cancelled: boolean;
  /** It may end in the middle of a packet. */
  readonly growing: boolean;
}

/** A ring file's line of the coverage statement, once its records were read. */
export function reportOf(file: RingFile, read: Read, end: ScanEnd): RingFileReport {
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

/** The line of a file that cannot be opened. */
export function notOpened(file: RingFile, error: unknown): RingFileReport {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
    return unread(file.name, 'pruned', 'it was pruned before it was read', file.firstAt);
  }
  return unread(file.name, 'unreadable', error instanceof Error ? error.message : String(error), file.firstAt);
}

/** The line of a file whose name another has by now, or that was begun anew; undefined for the one that was planned. */
export function notThePlanned(
  file: RingFile,
  found: { readonly inode: number; readonly firstAt: Micros | undefined },
): RingFileReport | undefined {
  if (found.inode !== file.inode) return unread(file.name, 'pruned', 'another file has its name now', file.firstAt);
  if (found.firstAt !== file.firstAt)
    return unread(file.name, 'pruned', 'it was begun anew: what it holds now was not searched', file.firstAt);
  return undefined;
}

/** Whether a line of the coverage statement is one to tell at once. */
export function isTrouble({ outcome, detail }: RingFileReport): boolean {
  switch (outcome) {
    case 'searched':
    case 'outside window':
      return false;
    case 'empty':
      return detail !== null;
    case 'cut':
    case 'damaged':
    case 'pruned':
    case 'unreadable':
    case 'other linktype':
    case 'not searched':
      return true;
    default:
      return outcome satisfies never;
  }
}
