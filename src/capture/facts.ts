import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Facts, Micros } from './capture.ts';
import { chunksOf, headerBytes, type PcapHeader, readHeader, walkRecords } from './savefile.ts';

/** What a savefile holds; no facts where it has not even a whole pcap header. */
export interface Examined {
  readonly facts: Facts | null;
  /** SHA-256 of the whole file, in hexadecimal. */
  readonly sha256: string;
}

/** How a complete savefile is examined, by its path. */
export type Examine = (path: string) => Promise<Examined>;

/** The facts and the digest of a savefile, made of its bytes as they pass by. */
export interface Examination {
  /** The next bytes, from the file's first on; they may be written over afterwards. */
  take(bytes: Buffer): void;
  /** Of all that was taken; nothing can be taken after it. */
  end(): Examined;
}

/**
 * Reads a savefile once, for its facts and its digest. Memory is bounded by the longest packet; a last record that is not whole is
 * told in `cutAt`, and what follows it is hashed but not counted.
 * @throws the file system's errors
 */
export async function examineSavefile(path: string): Promise<Examined> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const examination = beginExamination();
    for await (const chunk of chunksOf(file)) examination.take(chunk);
    return examination.end();
  } finally {
    await file.close();
  }
}

/** Begins the examination of a savefile. */
export function beginExamination(): Examination {
  const hash = createHash('sha256');
  let taken = 0;
  // A copy: what was taken is written over.
  let leftOver: Buffer = Buffer.alloc(0);
  let tally: Tally | undefined;
  return {
    take: (bytes) => {
      hash.update(bytes);
      taken += bytes.length;
      if (tally?.damaged === true) return;
      const all = leftOver.length === 0 ? bytes : Buffer.concat([leftOver, bytes]);
      let counted = 0;
      if (tally === undefined && all.length >= headerBytes) {
        tally = openTally(readHeader(all));
        counted = headerBytes;
      }
      if (tally !== undefined) counted += tally.count(all.subarray(counted));
      leftOver = Buffer.from(all.subarray(counted));
    },
    end: () => ({ facts: tally?.facts(taken) ?? null, sha256: hash.digest('hex') }),
  };
}

/** Counts the records of a file. */
interface Tally {
  /** What follows is no record, and is not counted. */
  readonly damaged: boolean;
  /** Counts the whole records at the beginning of these bytes; returns how many bytes they are. */
  count(bytes: Buffer): number;
  /** null for a file that is no pcap. */
  facts(fileBytes: number): Facts | null;
}

function openTally(header: PcapHeader | undefined): Tally {
  if (header === undefined) return { damaged: true, count: () => 0, facts: () => null };
  const { precision, linktype, snaplen } = header;
  let whole = headerBytes;
  let damaged = false;
  let [packets, dataBytes] = [0, 0];
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  return {
    get damaged() {
      return damaged;
    },
    count: (bytes) => {
      const walked = walkRecords(bytes, header, ({ at, length }) => {
        packets += 1;
        dataBytes += length;
        first = Math.min(first, at);
        last = Math.max(last, at);
      });
      whole += walked.end;
      damaged = walked.damaged;
      return walked.end;
    },
    facts: (fileBytes) => ({
      ...{ packets, fileBytes, dataBytes },
      ...{ firstAt: timeOrNull(first), lastAt: timeOrNull(last) },
      ...{ linktype, snaplen, precision },
      cutAt: whole === fileBytes ? null : whole,
    }),
  };
}

function timeOrNull(at: Micros): Micros | null {
  return Number.isFinite(at) ? at : null;
}
