import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type FileHandle, open } from 'node:fs/promises';
import { PassThrough, type Readable } from 'node:stream';
import { CaptureError } from '../errors.ts';
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
      // pzstd begins with a frame that is to be skipped (RFC 8878, 3.1.2).
      if ((start.readUInt32LE(0) & 0xfffffff0) >>> 0 === 0x184d2a50) return 'zstd';
      return start.readUInt16BE(0) === 0x1f8b ? 'gzip' : undefined;
  }
}

/** How the reading of a converted file came out: why it ended before the file's end; null where it did not. */
export interface Conversion {
  trouble: string | null;
}

/**
 * Whether a file ended in the middle of a packet, as one does that its logger still writes: only pcapng is written so, what is packed was
 * finished before.
 */
export function endsInPacket(packing: Packing | null, { trouble }: Conversion): boolean {
  return packing === 'pcapng' && trouble?.includes(cutShort) === true;
}

/** editcap's words for it (WTAP_ERR_SHORT_READ). */
const cutShort = 'cut short in the middle of a packet';

/** A tool that converts what it reads to what it writes, and where it is from. */
interface Tool {
  readonly command: readonly [string, ...string[]];
  readonly name: string;
  readonly debian: string;
}

// Not Node's zlib: it drops what it has unpacked before an error, ends zstd at the first frame, and takes garbage behind gzip for its end.
const unpackers: Readonly<Record<'gzip' | 'zstd', Tool>> = {
  gzip: { command: ['gzip', '-dc'], name: 'gzip', debian: 'gzip' },
  zstd: { command: ['zstd', '-dcq'], name: 'zstd', debian: 'zstd' },
};
const editcap: Tool = { command: ['editcap', '-F', 'nsecpcap', '-', '-'], name: 'editcap', debian: 'wireshark-common' };

/**
 * A packed ring file as the bytes of a classic pcap, its header first: gzip and zstd through their own tools, lz4 and pcapng through
 * Wireshark's editcap, which keeps nanoseconds. Ends where the file can be read no further, and notes why in `conversion`; at once when the
 * signal aborts.
 * @throws CaptureError `tool_failed` when a tool is not there, or somebody ends it
 */
export async function* convert(
  file: FileHandle,
  packing: Packing,
  conversion: Conversion,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  switch (packing) {
    case 'gzip':
    case 'zstd':
      return yield* unpack(file, unpackers[packing], conversion, signal);
    case 'lz4':
      // editcap says nothing of an lz4 file that is cut, and gives nothing of its last block.
      yield* through(editcap, file, conversion, signal);
      conversion.trouble ??= await lz4Cut(file);
      return;
    case 'pcapng':
      return yield* through(editcap, file, conversion, signal);
    default:
      return packing satisfies never;
  }
}

async function* unpack(
  file: FileHandle,
  unpacker: Tool,
  conversion: Conversion,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const unpacked = through(unpacker, file, conversion, signal);
  try {
    const first = await unpacked.next();
    if (first.done) return;
    if (packingOf(first.value) !== 'pcapng') {
      yield first.value;
      return yield* unpacked;
    }
  } finally {
    await unpacked.return(undefined);
  }
  // A pipe of the shell's: editcap takes no socket, which is what a pipe of Node's is. Nobody's words are in it.
  const piped = [unpacker, editcap].map(({ command }) => command.join(' ')).join(' | ');
  conversion.trouble = null;
  yield* through({ ...editcap, command: ['sh', '-c', piped] }, file, conversion, signal);
}

/** The most of a tool's words that are kept. */
const mostWords = 4_096;

async function* through(
  { command: [program, ...args], name, debian }: Tool,
  file: FileHandle,
  conversion: Conversion,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  // The terminal's Ctrl-C is ours to take; a tool ends with its pipes.
  // Opened anew: each reader begins at the file's start, whatever its name holds by now.
  const source = await open(`/proc/self/fd/${file.fd}`);
  const child = spawn(program, args, {
    stdio: [source.fd, 'pipe', 'pipe'],
    detached: true,
  }) as ChildProcessByStdio<null, Readable, Readable>;
  // At once: Node throws away what a child that has exited left unread.
  const output = child.stdout.pipe(new PassThrough());
  const ended = once(child, 'close');
  ended.catch(() => undefined);
  // The whole group: what a shell piped together has no other end.
  const kill = () => {
    // One that has exited has no group any more, though what it wrote may still be read.
    const isRunning = child.exitCode === null && child.signalCode === null;
    if (isRunning && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  };
  signal.addEventListener('abort', kill);
  let words = '';
  child.stderr.on('data', (chunk) => {
    words = (words + chunk).slice(0, mostWords);
  });
  try {
    await once(child, 'spawn')
      .catch((cause) => {
        throw new CaptureError('tool_failed', `needs ${name} (Debian: apt install ${debian})`, { cause });
      })
      .finally(() => source.close());
    yield* output as AsyncIterable<Buffer>;
    const [status, endedBy] = await ended;
    if (signal.aborted) return;
    if (endedBy !== null)
      throw new CaptureError('tool_failed', `the ${name} that converted a ring file was ended by ${endedBy}`);
    conversion.trouble ??= complaint(words) ?? (status === 0 ? null : `${name} ended with ${status}`);
  } finally {
    signal.removeEventListener('abort', kill);
    kill();
    child.stdout.destroy();
    child.stderr.destroy();
    await ended.catch(() => undefined);
  }
}

/** What a tool complains of, in one line; editcap says so and exits with 0. */
function complaint(words: string): string | null {
  const said = words
    .trim()
    .replaceAll(/\s*\n\s*/g, ' ')
    .replaceAll(/(?:editcap|gzip|zstd): /g, '')
    .replaceAll(/(?:\/\*stdin\*\\ ?|\bstdin): /g, '')
    .replaceAll(/The standard input/g, 'it');
  return said === '' ? null : said;
}
