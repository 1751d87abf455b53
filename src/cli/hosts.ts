import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { CaptureError } from '../capture/errors.ts';
import { readIndicators } from '../capture/indicators.ts';

/** 100,000 nets of IPv6, with a comment behind each. */
const longest = 16 * 2 ** 20;

/**
 * Reads a list of hosts from a regular file, or from stdin where it is named `-`. Nothing of it is in any message: whoever reads it for
 * somebody may read more than they may.
 * @returns its addresses and nets in canonical form
 * @throws CaptureError `bad_request` when it cannot be read, is too long, or a line is neither an address nor a net
 */
export async function readHosts(name: string): Promise<string[]> {
  return readIndicators(name === '-' ? await textOf(process.stdin) : await textIn(name));
}

async function textIn(name: string): Promise<string> {
  // O_NONBLOCK: nothing is waited for that turns out to be no file.
  const file = await open(name, constants.O_RDONLY | constants.O_NONBLOCK).catch((error) => refuse(name, error));
  try {
    if (!(await file.stat()).isFile()) {
      throw new CaptureError('bad_request', `--hosts ${name} is no regular file: pass what it says to --hosts -`);
    }
    return await textOf(piecesOf(file));
  } finally {
    await file.close();
  }
}

function piecesOf(file: FileHandle): AsyncIterable<Buffer> {
  return file.createReadStream({ autoClose: false });
}

async function textOf(source: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of source) {
    bytes += piece.length;
    if (bytes > longest)
      throw new CaptureError('bad_request', `the list of hosts is longer than ${longest / 2 ** 20} MiB`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function refuse(name: string, error: NodeJS.ErrnoException): never {
  const why =
    error.code === 'ENOENT'
      ? 'is not there'
      : error.code === 'EACCES'
        ? 'is not for this user to read: pass what it says to --hosts -'
        : `cannot be read (${error.code})`;
  throw new CaptureError('bad_request', `--hosts ${name} ${why}`);
}
