import type { ByteReader } from './bytes.ts';
import type { Term } from './terms.ts';

/** Reads a section's values one behind the other and holds them against a term. */
export interface ValueReader {
  /** Takes the whole value that stands there. */
  begin(at: number): void;
  /** Takes the next one, written against the last. */
  step(reader: ByteReader): void;
  /** Below all that the term takes in, or above it. */
  isBelow(): boolean;
  isAbove(): boolean;
}

/** @param bytes the section */
export function valueReaderFor(term: Term, bytes: Buffer): ValueReader {
  return term.kind === 'ipv6' ? new AddressReader(term, bytes) : new WordReader(term, bytes);
}

class WordReader implements ValueReader {
  #value = 0;
  readonly #from: number;
  readonly #to: number;
  readonly #bytes: Buffer;

  constructor({ from, to }: Term, bytes: Buffer) {
    [this.#from, this.#to, this.#bytes] = [Number(from), Number(to), bytes];
  }

  begin(at: number): void {
    this.#value = this.#bytes.readUInt32BE(at);
  }

  step(reader: ByteReader): void {
    this.#value += reader.varint();
  }

  isBelow(): boolean {
    return this.#value < this.#from;
  }

  isAbove(): boolean {
    return this.#value > this.#to;
  }
}

class AddressReader implements ValueReader {
  readonly #value = Buffer.alloc(16);
  readonly #from: Buffer;
  readonly #to: Buffer;
  readonly #bytes: Buffer;

  constructor({ from, to }: Term, bytes: Buffer) {
    [this.#from, this.#to, this.#bytes] = [addressBytes(from), addressBytes(to), bytes];
  }

  begin(at: number): void {
    this.#bytes.copy(this.#value, 0, at, at + 16);
  }

  step(reader: ByteReader): void {
    const alike = Math.min(reader.byte(), 15);
    const rest = reader.skip(16 - alike);
    reader.bytes.copy(this.#value, alike, rest, reader.at);
  }

  isBelow(): boolean {
    return this.#value.compare(this.#from) < 0;
  }

  isAbove(): boolean {
    return this.#value.compare(this.#to) > 0;
  }
}

function addressBytes(address: bigint): Buffer {
  return Buffer.from(address.toString(16).padStart(32, '0'), 'hex');
}
