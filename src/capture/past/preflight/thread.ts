import { closeSync, fstatSync } from 'node:fs';
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { Window } from '../../capture.ts';
import { openRingFileSync } from '../../ringfile.ts';
import { DamagedIndex } from '../ringindex/bytes.ts';
import { searchConditionOf } from '../ringindex/listed.ts';
import { rangesFor } from '../ringindex/lookup.ts';
import type { RingIndex } from '../ringindex/ringindex.ts';
import { openIndex } from '../ringindex/store.ts';
import type { Remaining, RemainingOrder } from './remaining.ts';

// The logger comes first.
setPriority(0, 10);
// The thread that `remainingOf` starts: an expression's condition alone may take 400 ms (300 hosts), which would hold up a bot.
const { program, hosts, linktype, window, indexes, files }: RemainingOrder = workerData;
const condition = searchConditionOf(program, hosts, linktype);
parentPort?.postMessage(files.map(remaining));

function remaining({ path, size }: RemainingOrder['files'][number]): Remaining {
  const whole: Remaining = { indexed: false, bytes: size, toRead: size };
  let descriptor: number;
  try {
    descriptor = openRingFileSync(path);
  } catch {
    // Pruned meanwhile, or not to be read: the search says so.
    return { ...whole, toRead: 0 };
  }
  try {
    const index = openIndex(indexes, fstatSync(descriptor, { bigint: true }));
    if (index === undefined) return whole;
    try {
      return lookedUp(index, size);
    } finally {
      index.close();
    }
  } finally {
    closeSync(descriptor);
  }
}

function lookedUp(index: RingIndex, size: number): Remaining {
  const toRead = rangesFor(index, condition, window);
  // What is read whole is read whole, outside of the window, too.
  if (toRead.read === 'whole') return { indexed: true, bytes: size, toRead: size };
  const left = bytesOf(toRead.ranges);
  return { indexed: true, bytes: Math.max(left, inWindow(index, window) ?? size), toRead: left };
}

/** Bytes of the blocks that may have packets of a window; undefined where the index does not say. */
function inWindow(index: RingIndex, { since, until }: Window): number | undefined {
  try {
    const timely = index
      .blocks()
      .filter(({ from, to }) => (since === null || to >= since) && (until === null || from < until));
    return bytesOf(timely);
  } catch (error) {
    if (error instanceof DamagedIndex) return undefined;
    throw error;
  }
}

function bytesOf(ranges: readonly { readonly begin: number; readonly end: number }[]): number {
  return ranges.reduce((sum, { begin, end }) => sum + end - begin, 0);
}
