import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm, utimes } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CaptureError } from '../../errors.ts';
import { firstTimeIn, openRingFile } from '../../ringfile.ts';
import { chunkBytes, headerBytes, type PcapHeader, walkRecords } from '../../savefile.ts';
import { cannotWrite } from '../../unwritable.ts';
import { type Conversion, convert, type Packing } from '../converted.ts';
import type { RingFile } from '../ring.ts';

/** What became of a file that was to be copied. */
export type Copied =
  | { readonly step: 'copied'; readonly bytes: number; readonly part: string | null }
  | { readonly step: 'pruned'; readonly why: string };

/** Bytes between two looks at the free space. */
const lookEvery = 64 * 2 ** 20;

/**
 * Copies a ring file, one that is still being written up to its last whole packet. The copy has its name only when it is whole and on the
 * disk.
 * @param allow throws when no so many further bytes may be written
 * @throws CaptureError `no_room` when it cannot be written; the signal's reason when that aborts
 */
export async function copyRingFile(
  from: Pick<RingFile, 'path' | 'inode' | 'header' | 'packing' | 'firstAt' | 'newest'>,
  to: string,
  allow: (bytes: number) => Promise<void>,
  signal: AbortSignal,
): Promise<Copied> {
  const source = await openRingFile(from.path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (source === undefined) return { step: 'pruned', why: 'it was pruned before it was copied' };
  try {
    const { ino, size, atime, mtime } = await source.stat();
    if (ino !== from.inode) return { step: 'pruned', why: 'another file has its name now' };
    const part = join(dirname(to), `.${basename(to)}.part`);
    try {
      const records = from.newest && from.packing === null ? from.header : null;
      const bytes = await copyInto(part, source, { size, allow, signal, growing: records });
      // A logger that writes over its files may have begun while we read.
      if (!(await beginsAsPlanned(source, from))) return { step: 'pruned', why: 'its logger began it anew' };
      const cut = from.newest && from.packing !== null && (await isCut(part, from.packing, signal));
      await rename(part, to);
      await utimes(to, atime, mtime);
      const lacks = bytes === size ? null : records === null ? shorter : growing;
      return { step: 'copied', bytes, part: cut ? growingPacked : lacks };
    } finally {
      await rm(part, { force: true });
    }
  } finally {
    await source.close();
  }
}

const growing = 'still being written: copied up to its last whole packet';
const growingPacked = 'still being written: copied as far as it was';
const shorter = 'it became shorter while it was copied';

interface Stream {
  readonly size: number;
  readonly allow: (bytes: number) => Promise<void>;
  readonly signal: AbortSignal;
  /** The header of a file that is still being written: only its whole records are kept; null keeps every byte. */
  readonly growing: PcapHeader | null;
}

/** Copies chunk by chunk; returns the bytes that are in the copy, on the disk. */
async function copyInto(part: string, source: FileHandle, { size, allow, signal, growing }: Stream): Promise<number> {
  const flags = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_NOFOLLOW;
  const written = <Result>(writing: Promise<Result>) => writing.catch((cause) => notWritten(part, cause));
  const copy = await written(open(part, flags, 0o640));
  const chunk = Buffer.allocUnsafe(chunkBytes);
  let done = 0;
  let looked = Number.NEGATIVE_INFINITY;
  try {
    while (done < size) {
      signal.throwIfAborted();
      if (done - looked >= lookEvery) {
        await allow(size - done);
        looked = done;
      }
      const { bytesRead } = await source.read(chunk, 0, Math.min(chunk.length, size - done), done);
      if (bytesRead === 0) break;
      for (let at = 0; at < bytesRead; ) at += (await written(copy.write(chunk, at, bytesRead - at))).bytesWritten;
      done += bytesRead;
    }
    if (growing !== null) {
      done = await wholeRecords(source, growing, done, signal);
      await written(copy.truncate(done));
    }
    await written(copy.sync());
    return done;
  } finally {
    await copy.close();
  }
}

/** @throws CaptureError always: what cannot be written must not pass for what cannot be read */
function notWritten(path: string, cause: unknown): never {
  try {
    return cannotWrite(path, cause);
  } catch (error) {
    if (error instanceof CaptureError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new CaptureError('tool_failed', `${path} cannot be written: ${why}`, { cause: error });
  }
}

/** Offset up to which there are whole records before `end`. */
async function wholeRecords(file: FileHandle, header: PcapHeader, end: number, signal: AbortSignal): Promise<number> {
  let whole = headerBytes;
  // Longer than any record: each chunk takes us further.
  const chunk = Buffer.allocUnsafe(chunkBytes);
  while (whole < end) {
    signal.throwIfAborted();
    const { bytesRead } = await file.read(chunk, 0, Math.min(chunk.length, end - whole), whole);
    const walked = walkRecords(chunk.subarray(0, bytesRead), header, () => undefined);
    // What no record begins is kept as it is: to judge damage is the search's.
    if (walked.damaged) return end;
    if (walked.end === 0) break;
    whole += walked.end;
  }
  return whole;
}

/** Whether a packed file, as far as it is there, ends in the middle of something. */
async function isCut(path: string, packing: Packing, signal: AbortSignal): Promise<boolean> {
  const file = await openRingFile(path);
  try {
    const conversion: Conversion = { trouble: null };
    for await (const _ of convert(file, packing, conversion, signal));
    signal.throwIfAborted();
    return conversion.trouble !== null;
  } finally {
    await file.close();
  }
}

/** Whether a file still begins as it did in the plan. What is packed is not begun anew. */
export async function beginsAsPlanned(
  file: FileHandle,
  { header, packing, firstAt }: Pick<RingFile, 'header' | 'packing' | 'firstAt'>,
): Promise<boolean> {
  return packing !== null || (await firstTimeIn(file, header)) === firstAt;
}
