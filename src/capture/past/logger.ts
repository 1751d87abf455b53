import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Micros, Millis } from '../capture.ts';
import { openRingFile } from '../ringfile.ts';
import { beginningOfRecords, chunkBytes, headerBytes, readHeader, walkRecords } from '../savefile.ts';

/** How often the whole ring is listed: it may have thousands of files. */
const listEvery: Millis = 1_000;
/** Loggers write one file; two of them, and one that is just begun, are three. */
const mostFiles = 3;

/** Whether a ring has a packet from a moment or later by now, asked as often as one likes: each look reads only what was written since the last. */
export interface Arrivals {
  reachedBy(uptime: Millis): Promise<boolean>;
}

/** What a file was when it was last looked into. */
interface Looked {
  /** Its inode and how it begins: a logger may begin a file anew under the same name, and in the same inode. */
  readonly identity: string;
  /** Up to here its packets were looked at: the beginning of a record, or of the file. */
  readonly offset: number;
}

/**
 * Follows the newest files of a ring until a packet from a moment or later is in one. Only classic pcaps count, and only what is in them: a
 * file may be touched, copied or made in the ring without its logger having written anything.
 * @param goOn asked before each piece that is read: a file may be larger than anybody wants to wait for
 */
export function arrivalsIn(directory: string, from: Micros, goOn: () => boolean): Arrivals {
  const looked = new Map<string, Looked>();
  let listedAt = Number.NEGATIVE_INFINITY;
  let newest: readonly string[] = [];
  return {
    reachedBy: async (uptime) => {
      if (uptime - listedAt >= listEvery) {
        newest = await newestIn(directory, from);
        listedAt = uptime;
      }
      for (const path of newest) {
        const { found, ...now } = await lookInto(path, looked.get(path), { from, goOn }).catch(() => nothing);
        looked.set(path, now);
        if (found) return true;
      }
      return false;
    },
  };
}

const nothing = { identity: '', offset: 0, found: false };

/** The files that were written last, of those that may have such a packet: none in a file is younger than the file. */
async function newestIn(directory: string, from: Micros): Promise<string[]> {
  const names = await readdir(directory).catch(() => []);
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(directory, name);
      const stats = await lstat(path).catch(() => undefined);
      return { path, modifiedAt: stats?.isFile() === true ? stats.mtimeMs : 0 };
    }),
  );
  return files
    .filter(({ modifiedAt }) => (modifiedAt + coarse) * 1_000 >= from)
    .toSorted((one, other) => other.modifiedAt - one.modifiedAt)
    .slice(0, mostFiles)
    .map(({ path }) => path);
}

/** By how much a file's time may be behind the clock that packets are timed with: the kernel takes it from its last tick. */
const coarse: Millis = 20;

async function lookInto(
  path: string,
  before: Looked | undefined,
  { from, goOn }: { from: Micros; goOn: () => boolean },
): Promise<Looked & { readonly found: boolean }> {
  const file = await openRingFile(path);
  try {
    const { ino } = await file.stat();
    const start = Buffer.alloc(beginningOfRecords);
    const { bytesRead: begun } = await file.read(start, 0, start.length, 0);
    const header = readHeader(start);
    if (begun < start.length || header === undefined) return nothing;
    const identity = `${ino} ${start.toString('hex')}`;
    let offset = before?.identity === identity ? before.offset : headerBytes;
    const chunk = Buffer.allocUnsafe(chunkBytes);
    let found = false;
    while (!found && goOn()) {
      const { bytesRead } = await file.read(chunk, 0, chunkBytes, offset);
      const { end } = walkRecords(chunk.subarray(0, bytesRead), header, ({ at }) => {
        found ||= at >= from;
      });
      if (end === 0) break;
      offset += end;
    }
    return { identity, offset, found };
  } finally {
    await file.close();
  }
}
