import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Facts, Micros } from './capture.ts';
import { chunkBytes, headerBytes, type PcapHeader, readHeader, walkRecords } from './savefile.ts';

/** What a savefile holds; no facts where it has not even a whole pcap header. */
export interface Examined {
  readonly facts: Facts | null;
  /** SHA-256 of the whole file, in hexadecimal. */
  readonly sha256: string;
}

/**
 * Reads a savefile once, for its facts and its digest. Memory is bounded by the longest packet; a last record that is not whole is
 * told in `cutAt`, and what follows it is hashed but not counted.
 * @throws the file system's errors
 */
export async function examineSavefile(path: string): Promise<Examined> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const hash = createHash('sha256');
    const first = Buffer.alloc(headerBytes);
    const { bytesRead } = await file.read(first, 0, headerBytes, 0);
    hash.update(first.subarray(0, bytesRead));
    const header = bytesRead === headerBytes ? readHeader(first) : undefined;
    const tally = header && new Tally(header);
    const chunk = Buffer.alloc(chunkBytes);
    let position = bytesRead;
    for (;;) {
      const { bytesRead: more } = await file.read(chunk, 0, chunkBytes, position);
      if (more === 0) break;
      position += more;
      hash.update(chunk.subarray(0, more));
      tally?.count(chunk.subarray(0, more));
    }
    return { facts: tally?.facts(position) ?? null, sha256: hash.digest('hex') };
  } finally {
    await file.close();
  }
}

/** Counts the records that pass by, chunk after chunk. */
class Tally {
  #header: PcapHeader;
  #leftOver: Buffer = Buffer.alloc(0);
  #whole = headerBytes;
  #damaged = false;
  #packets = 0;
  #dataBytes = 0;
  #firstAt = Number.POSITIVE_INFINITY;
  #lastAt = Number.NEGATIVE_INFINITY;

  constructor(header: PcapHeader) {
    this.#header = header;
  }

  count(chunk: Buffer): void {
    if (this.#damaged) return;
    const bytes = this.#leftOver.length === 0 ? chunk : Buffer.concat([this.#leftOver, chunk]);
    const { end, damaged } = walkRecords(bytes, this.#header, (record) => {
      this.#packets += 1;
      this.#dataBytes += record.length;
      this.#firstAt = Math.min(this.#firstAt, record.at);
      this.#lastAt = Math.max(this.#lastAt, record.at);
    });
    this.#whole += end;
    this.#damaged = damaged;
    // A copy: the chunk is read into again.
    this.#leftOver = Buffer.from(bytes.subarray(end));
  }

  facts(fileBytes: number): Facts {
    const { precision, linktype, snaplen } = this.#header;
    return {
      packets: this.#packets,
      fileBytes,
      dataBytes: this.#dataBytes,
      firstAt: timeOrNull(this.#firstAt),
      lastAt: timeOrNull(this.#lastAt),
      linktype,
      snaplen,
      precision,
      cutAt: this.#whole === fileBytes ? null : this.#whole,
    };
  }
}

function timeOrNull(at: Micros): Micros | null {
  return Number.isFinite(at) ? at : null;
}
