import { type FileHandle, lstat } from 'node:fs/promises';
import { beginExamination, type Examine, examineSavefile } from '../facts.ts';
import { headerFor, type WrittenHeader } from '../savefile.ts';
import { cannotWrite } from '../unwritable.ts';
import type { Append } from './scan.ts';

/** A new savefile that this process alone appends to. */
export interface Appending {
  /** Writes another pcap header in the place of the first one, before anything is appended. */
  begin(header: WrittenHeader): Promise<void>;
  readonly append: Append;
  /**
   * Everything is on the disk once this resolves, and the file closed. How it is examined: what was written is known, and is not read again
   * where that is surely what the file has.
   */
  close(): Promise<Examine>;
}

/** The disk begins with what was written once it is so many bytes: at the end little is left to wait for. */
const worthSyncing = 16 * 2 ** 20;

/**
 * Begins an empty file with its pcap header. Digest and facts are made of the records while they are written. They hold where each write was
 * acknowledged, the disk has them all, and the file has that size: it is then byte for byte what was given here.
 * @param directory of the file, for what is said of a full disk
 * @throws CaptureError `no_room`
 */
export async function beginAppending(file: FileHandle, directory: string, header: WrittenHeader): Promise<Appending> {
  const examination = beginExamination();
  let first = headerFor(header);
  let given = first.length;
  // Of what a write that failed was given, nobody knows how much is in the file.
  let isKnown = true;
  let unsynced = 0;
  let syncing: Promise<unknown> | undefined;

  const refused = (cause: unknown): never => {
    isKnown = false;
    return cannotWrite(directory, cause);
  };
  const write = async (bytes: Buffer) => {
    // A write on a nearly full disk takes a part and says so; the next one fails.
    for (let written = 0; written < bytes.length; ) {
      written += (await file.write(bytes, written).catch(refused)).bytesWritten;
    }
  };
  /** Without waiting for it. A disk tells once that it could not write: that is kept for the end. */
  const syncAhead = () => {
    if (unsynced < worthSyncing || syncing !== undefined) return;
    unsynced = 0;
    const done = () => {
      syncing = undefined;
    };
    syncing = file.datasync().then(done, (cause) => cause);
  };
  const takeHeader = () => {
    examination.take(first);
    first = Buffer.alloc(0);
  };
  await write(first);
  return {
    begin: async (other) => {
      first = headerFor(other);
      await file.write(first, 0, first.length, 0).catch(refused);
    },
    append: async (records) => {
      if (first.length > 0) takeHeader();
      given += records.length;
      const writing = write(records);
      // Another thread writes meanwhile.
      examination.take(records);
      await writing;
      unsynced += records.length;
      syncAhead();
    },
    close: async () => {
      try {
        const cause = await syncing;
        if (cause !== undefined) throw cause;
        await file.sync();
        const { dev, ino, size } = await file.stat();
        if (!isKnown || size !== given) return examineSavefile;
        if (first.length > 0) takeHeader();
        const known = examination.end();
        return async (path) => {
          const found = await lstat(path);
          const isIt = found.dev === dev && found.ino === ino && found.size === size;
          return isIt ? known : examineSavefile(path);
        };
      } finally {
        await file.close();
      }
    },
  };
}
