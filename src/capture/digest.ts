import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { CaptureError } from './errors.ts';
import { chunksOf } from './savefile.ts';

/** How far a file is read, and at last its digest. */
export type DigestStep =
  | { readonly step: 'read'; readonly bytesDone: number; readonly bytesTotal: number }
  | { readonly step: 'made'; readonly sha256: string; readonly bytes: number; readonly file: string };

/**
 * Opens a savefile for reading: itself, never what a link points to, and nothing but a plain file.
 * @throws CaptureError `conflict` when it is something else, and the file system's errors
 */
export async function openSavefile(path: string): Promise<FileHandle> {
  // Without O_NONBLOCK a pipe in its place would keep us waiting for ever.
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new CaptureError('conflict', `${path} is not a plain file`);
}

/**
 * Reads a file for its SHA-256, chunk after chunk.
 * @throws CaptureError `conflict` when it was written to meanwhile, and the file system's errors
 */
export async function* digestOf(file: FileHandle, signal: AbortSignal): AsyncGenerator<DigestStep, void, undefined> {
  const before = await file.stat({ bigint: true });
  const hash = createHash('sha256');
  let position = 0;
  for await (const chunk of chunksOf(file, signal)) {
    hash.update(chunk);
    position += chunk.length;
    yield { step: 'read', bytesDone: position, bytesTotal: Number(before.size) };
  }
  const after = await file.stat({ bigint: true });
  if (fingerprint(before) !== fingerprint(after))
    throw new CaptureError('conflict', 'it was written to while it was read');
  yield { step: 'made', sha256: hash.digest('hex'), bytes: position, file: fingerprint(after) };
}

/** Tells one state of one file from every other, without reading it: device, inode, size and time of its last change, which nobody sets by hand. */
export function fingerprint({ dev, ino, size, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, ctimeNs].join('/');
}
