import { randomBytes } from 'node:crypto';
import { type BigIntStats, closeSync, fchmodSync, fstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { openRingFileSync } from '../../ringfile.ts';
import { DamagedIndex } from './bytes.ts';
import { encodeIndex, type Identity, isSame } from './format.ts';
import { RingIndex } from './ringindex.ts';
import { surveyRingFile } from './survey.ts';

/** What came of a ring file that was to be indexed. */
export type Indexed =
  | { readonly is: 'built'; readonly path: string; readonly bytes: number; readonly indexBytes: number }
  | { readonly is: 'there already'; readonly path: string }
  | { readonly is: 'not built'; readonly path: string; readonly why: string };

/** Where the index of a ring file is, whatever names the file has and in which directories: a pin's link is the same file as the ring's. */
export function indexPathOf(store: string, { device, inode }: Pick<Identity, 'device' | 'inode'>): string {
  return join(store, indexNameOf({ device, inode }));
}

/** Nothing of a ring file's name is in it. */
export function indexNameOf({ device, inode }: Pick<Identity, 'device' | 'inode'>): string {
  return `${device.toString(16)}-${inode.toString(16)}.ringindex`;
}

/** A name in the store under which an index is written before it is whole. */
export function newPartName(): string {
  return `${process.pid}-${randomBytes(8).toString('hex')}.part`;
}

/** What of a ring file's stats makes it this one. */
export function identityOf({ dev, ino, size, mtimeNs }: BigIntStats): Identity {
  return { device: BigInt.asUintN(64, dev), inode: ino, size, modifiedAt: BigInt.asUintN(64, mtimeNs) };
}

/**
 * Opens the index of a ring file; undefined where there is none for the file as it is, or none that is as it was written.
 * Blocks, as all of a look-up does, for less than a millisecond.
 * @param store the directory of the indexes
 * @param stats the ring file's, of the descriptor from which it will be read
 */
export function openIndex(store: string, stats: BigIntStats): RingIndex | undefined {
  const identity = identityOf(stats);
  let descriptor: number;
  try {
    descriptor = openRingFileSync(indexPathOf(store, identity));
  } catch {
    // Not there, or not to be read: the search goes without.
    return undefined;
  }
  try {
    const index = new RingIndex(descriptor);
    if (isSame(index.head.identity, identity)) return index;
  } catch (error) {
    if (!(error instanceof DamagedIndex)) {
      closeSync(descriptor);
      throw error;
    }
  }
  closeSync(descriptor);
  return undefined;
}

/**
 * Reads a ring file and writes its index, under a name of its own until it is whole; blocks for as long as that takes. The file must be
 * finished: one that changes meanwhile is not indexed.
 */
export function writeIndex(store: string, path: string, partName: string): Indexed {
  const descriptor = openRingFileSync(path);
  try {
    const stats = fstatSync(descriptor, { bigint: true });
    if (!stats.isFile()) return { is: 'not built', path, why: 'it is not a regular file' };
    if (hasIndex(store, stats)) return { is: 'there already', path };
    const survey = surveyRingFile(descriptor, Number(stats.size));
    if (survey === undefined) return { is: 'not built', path, why: 'it is no classic pcap file of version 2.4' };
    const identity = identityOf(stats);
    if (!isSame(identity, identityOf(fstatSync(descriptor, { bigint: true }))))
      return { is: 'not built', path, why: 'it is still being written' };
    const index = encodeIndex(survey, identity);
    writeWhole(join(store, partName), index);
    renameSync(join(store, partName), indexPathOf(store, identity));
    return { is: 'built', path, bytes: Number(stats.size), indexBytes: index.length };
  } finally {
    closeSync(descriptor);
  }
}

/** Whether a ring file has one that can say which blocks it has. */
function hasIndex(store: string, stats: BigIntStats): boolean {
  const index = openIndex(store, stats);
  try {
    index?.blocks();
    return index !== undefined;
  } catch (error) {
    if (error instanceof DamagedIndex) return false;
    throw error;
  } finally {
    index?.close();
  }
}

/** Without fsync: what a crash leaves of it does not have its checksum, and is no index. */
function writeWhole(part: string, bytes: Buffer): void {
  const descriptor = openSync(part, 'wx', 0o640);
  try {
    fchmodSync(descriptor, 0o640);
    for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
}
