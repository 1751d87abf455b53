/** Something in an index file is not as it was written. */
export class DamagedIndex extends Error {}

/** Bytes that are written one behind the other. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafe(64 * 1024);
  length = 0;

  /** What was written so far; what is written later may reuse it. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.length);
  }

  /** Where the next bytes are written, from `length` on, for whoever then says how long it is: there is room for so many. */
  room(count: number): Buffer {
    if (this.length + count > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.length + count, this.#bytes.length * 2));
      this.#bytes.copy(larger, 0, 0, this.length);
      this.#bytes = larger;
    }
    return this.#bytes;
  }

  word(value: number): void {
    this.length = this.room(4).writeUInt32BE(value, this.length);
  }

  varint(value: number): void {
    this.length = putVarint(value, this.room(8), this.length);
  }
}

/**
 * Writes a safe integer from 0 in groups of 7 bits, the lowest first, each but the last with its upper bit set (LEB128): 8 bytes at most.
 * @returns where the next byte stands
 */
export function putVarint(value: number, bytes: Buffer, begin: number): number {
  let [at, rest] = [begin, value];
  while (rest > 127) {
    bytes[at++] = (rest & 127) | 128;
    // Shifted where that keeps it whole: a division is slower.
    rest = rest < 0x8000_0000 ? rest >>> 7 : Math.floor(rest / 128);
  }
  bytes[at++] = rest;
  return at;
}

/** Reads what `ByteWriter` wrote, and nothing outside: whatever the bytes say, it ends in a value or in `DamagedIndex`. */
export class ByteReader {
  readonly bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  byte(): number {
    const value = this.bytes[this.at++];
    if (value === undefined) throw new DamagedIndex('it ends early');
    return value;
  }

  word(): number {
    return this.bytes.readUInt32BE(this.skip(4));
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 49; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw new DamagedIndex('a number does not end');
  }

  /** Passes over bytes that are there, and says where they began. */
  skip(count: number): number {
    const begin = this.at;
    if (begin + count > this.bytes.length) throw new DamagedIndex('it ends early');
    this.at += count;
    return begin;
  }
}
