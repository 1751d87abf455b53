import type { AddressTable } from '../../indicators.ts';
import type { ByteReader } from './bytes.ts';
import { type Kind, type Term, widthOf } from './terms.ts';

/** What of a section is looked for: the values whose first words are in one of some sorted ranges that do not touch. */
export interface Sought extends Pick<AddressTable, 'words' | 'ranges'> {
  readonly kind: Kind;
  /** Bytes of a value where it stands whole. */
  readonly width: 4 | 16;
}

export function soughtByTerm({ kind, from, to }: Term): Sought {
  const width = widthOf(kind);
  const words = width === 4 ? 1 : 4;
  const wordsOf = (value: bigint): number[] =>
    Array.from({ length: words }, (_, at) => Number((value >> BigInt(32 * (words - 1 - at))) & 0xffff_ffffn));
  return { kind, width, words, ranges: Uint32Array.from([...wordsOf(from), ...wordsOf(to)]) };
}

export function soughtByTable({ family, words, ranges }: AddressTable): Sought {
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  return { kind, width: widthOf(kind), words, ranges };
}

/** Reads a section's values one behind the other, ascending, and with them goes from range to range. */
export class SoughtValue {
  readonly #value: Uint32Array;
  readonly #bytes: Buffer;
  readonly #words: number;
  readonly #ranges: Uint32Array;
  /** Where in the ranges the first stands that does not end below the value. */
  #at = 0;

  /** @param bytes the section */
  constructor({ width, words, ranges }: Sought, bytes: Buffer) {
    this.#value = new Uint32Array(width / 4);
    [this.#bytes, this.#words, this.#ranges] = [bytes, words, ranges];
  }

  /** Takes the whole value that stands there. */
  begin(at: number): void {
    for (let word = 0; word < this.#value.length; word += 1)
      this.#value[word] = this.#bytes.readUInt32BE(at + word * 4);
  }

  /** Takes the next one, written against the last. */
  step(reader: ByteReader): void {
    const value = this.#value;
    if (value.length === 1) {
      value[0] = (value[0] as number) + reader.varint();
      return;
    }
    for (let byte = Math.min(reader.byte(), 15); byte < 16; byte += 1) {
      const shift = 24 - (byte & 3) * 8;
      value[byte >> 2] = ((value[byte >> 2] as number) & ~(0xff << shift)) | (reader.byte() << shift);
    }
  }

  /** Above the last range; goes on to the range that does not end below the value. */
  isAboveAll(): boolean {
    while (this.#at < this.#ranges.length && this.#compare(this.#at + this.#words) > 0) this.#at += 2 * this.#words;
    return this.#at >= this.#ranges.length;
  }

  /** Once `isAboveAll` has said that it is not above all: whether it is in a range. */
  isSought(): boolean {
    return this.#compare(this.#at) >= 0;
  }

  /** Whether the whole value that stands there is not above the first of the present range. */
  isAtMostFirst(at: number): boolean {
    for (let word = 0; word < this.#words; word += 1) {
      const difference = this.#bytes.readUInt32BE(at + word * 4) - (this.#ranges[this.#at + word] as number);
      if (difference !== 0) return difference < 0;
    }
    // What is before a value with the same first words may have them, too.
    return this.#words === this.#value.length;
  }

  #compare(bound: number): number {
    for (let word = 0; word < this.#words; word += 1) {
      const difference = (this.#value[word] as number) - (this.#ranges[bound + word] as number);
      if (difference !== 0) return difference;
    }
    return 0;
  }
}
