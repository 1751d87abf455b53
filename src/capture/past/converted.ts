import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { FileHandle } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { CaptureError } from '../errors.ts';
import { chunkBytes } from '../savefile.ts';
import { lz4Cut } from './lz4.ts';

/** What a ring file that is no classic pcap can be and still be searched. */
export type Packing = 'gzip' | 'zstd' | 'lz4' | 'pcapng';

/** What a file is by its first bytes; undefined when it is none of these. */
export function packingOf(start: Buffer): Packing | undefined {
  if (start.length < 4) return undefined;
  switch (start.readUInt32BE(0)) {
    case 0x0a0d0d0a:
      return 'pcapng';
    case 0x28b52ffd:
      return 'zstd';
    case 0x04224d18:
      return 'lz4';
    default:
      return start.readUInt16BE(0) === 0x1f8b ? 'gzip' : undefined;
  }
}

/** How the reading of a converted file came out: why it ended before the file's end; null where it did not. */
export interface Conversion {
  trouble: string | null;
}

/**
 * A packed ring file as the bytes of a classic pcap, its header first: gzip and zstd through zlib, lz4 and pcapng through Wireshark's
 * editcap, which keeps nanoseconds. Ends where the file can be read no further, and notes why in `conversion`.
 * @throws CaptureError `tool_failed` when editcap is not there, or somebody ends it
 */
export async function* convert(file: FileHandle, packing: Packing, conversion: Conversion): AsyncGenerator<Buffer> {
  switch (packing) {
    case 'gzip':
    case 'zstd':
      return yield* inflate(file, packing, conversion);
    case 'lz4':
      // editcap says nothing of an lz4 file that is cut, and gives nothing of its last block.
      yield* throughEditcap(file, conversion);
      conversion.trouble ??= await lz4Cut(file);
      return;
    case 'pcapng':
      return yield* throughEditcap(file, conversion);
    default:
      return packing satisfies never;
  }
}

async function* inflate(file: FileHandle, packing: 'gzip' | 'zstd', conversion: Conversion): AsyncGenerator<Buffer> {
  const inflater =
    packing === 'gzip' ? createGunzip({ chunkSize: chunkBytes }) : createZstdDecompress({ chunkSize: chunkBytes });
  const source = file.createReadStream({ start: 0, autoClose: false });
  // A reader that walks away destroys the inflater; what it says then is nobody's concern.
  pipeline(source, inflater, () => undefined);
  const inflated = troubled(inflater, conversion);
  const first = await inflated.next();
  if (first.done) return;
  try {
    if (packingOf(first.value) === 'pcapng') {
      // editcap takes no socket, which is what a pipe of ours is: it unpacks the file itself, and we look whether that is whole.
      yield* throughEditcap(file, conversion);
      for await (const _ of inflated);
      return;
    }
    yield first.value;
    yield* inflated;
  } finally {
    inflater.destroy();
    source.destroy();
  }
}

/** The inflated bytes; what is wrong with the packed ones ends them, and is noted. */
async function* troubled(inflater: Readable, conversion: Conversion): AsyncGenerator<Buffer> {
  try {
    yield* inflater as AsyncIterable<Buffer>;
  } catch (error) {
    conversion.trouble = error instanceof Error ? error.message : String(error);
  }
}

/** The most of editcap's words that are kept. */
const mostWords = 4_096;

async function* throughEditcap(file: FileHandle, conversion: Conversion): AsyncGenerator<Buffer> {
  // The terminal's Ctrl-C is ours to take; editcap ends with its pipes.
  const child = spawn('editcap', ['-F', 'nsecpcap', '-', '-'], {
    stdio: [file.fd, 'pipe', 'pipe'],
    detached: true,
  }) as ChildProcessByStdio<null, Readable, Readable>;
  const ended = once(child, 'close');
  ended.catch(() => undefined);
  let words = '';
  child.stderr.on('data', (chunk) => {
    words = (words + chunk).slice(0, mostWords);
  });
  try {
    await once(child, 'spawn').catch((cause) => {
      throw new CaptureError('tool_failed', needsEditcap, { cause });
    });
    yield* child.stdout as AsyncIterable<Buffer>;
    const [, signal] = await ended;
    if (signal !== null)
      throw new CaptureError('tool_failed', `the editcap that converted a ring file was ended by ${signal}`);
    conversion.trouble ??= complaint(words);
  } finally {
    child.kill('SIGKILL');
    await ended.catch(() => undefined);
  }
}

/** What to do where Wireshark's tools are missing. */
export const needsEditcap = 'needs editcap (Debian: apt install wireshark-common)';

/** What editcap complains of, in one line: it says so and exits with 0. */
function complaint(words: string): string | null {
  const said = words
    .trim()
    .replaceAll(/\s*\n\s*/g, ' ')
    .replace(/^editcap: /, '')
    .replaceAll(/The standard input/g, 'it');
  return said === '' ? null : said;
}
