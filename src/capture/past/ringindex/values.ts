import { mostValues, Postings } from './postings.ts';

/** The values of a kind with their postings. */
export interface Values {
  readonly postings: Postings;
  /** How many numbers the postings have for values, used or not. */
  readonly count: number;
  /** The numbers that are used by ascending value, and each value as its big-endian words. */
  sorted(): { readonly numbers: Int32Array; readonly words: readonly Uint32Array[] };
}

/** Values below 65,536: each is its own number. */
export class SmallValues implements Values {
  readonly postings = new Postings();
  /** In which block each was last seen. */
  readonly #last = new Uint16Array(0x1_0000);

  get count(): number {
    let count = this.#last.length;
    while (count > 0 && this.#last[count - 1] === 0) count -= 1;
    return count;
  }

  /** Notes that the first so many of these occur in the present block. */
  note(values: Uint16Array, count: number): void {
    const { postings } = this;
    if (postings.givenUp) return;
    const last = this.#last;
    const { block } = postings;
    const stream = postings.room(count);
    let { used } = postings;
    for (let at = 0; at < count; at += 1) {
      const value = values[at] as number;
      if (last[value] === block) continue;
      last[value] = block;
      stream[used++] = value;
    }
    postings.used = used;
  }

  sorted(): ReturnType<Values['sorted']> {
    const { count } = this;
    const numbers = new Int32Array(count);
    let used = 0;
    for (let value = 0; value < count; value += 1) if (this.#last[value] !== 0) numbers[used++] = value;
    return { numbers: numbers.subarray(0, used), words: [new Uint32Array(numbers.buffer, 0, used)] };
  }
}

const leastPlaces = 4096;

/**
 * Values of 32 bits, given with their sign, in a hash table with open addressing. All that a look at a value needs stands together, so that
 * it costs one line of the processor's cache: the word, its number plus one, the block where it was last seen.
 */
export class WordValues implements Values {
  readonly postings = new Postings();
  count = 0;
  #table = new Int32Array(leastPlaces * 4);
  #shift = 32 - Math.log2(leastPlaces);

  /** Notes that the first so many of these occur in the present block. */
  note(words: Int32Array, count: number): void {
    const { postings } = this;
    if (postings.givenUp) return;
    const { block } = postings;
    const stream = postings.room(count);
    let { used } = postings;
    let table = this.#table;
    for (let next = 0; next < count; next += 1) {
      const word = words[next] as number;
      const mask = table.length - 1;
      let at = (Math.imul(word, 0x9e3779b1) >>> this.#shift) << 2;
      while (table[at + 1] !== 0 && table[at] !== word) at = (at + 4) & mask;
      if (table[at + 2] === block) continue;
      if (table[at + 1] === 0) {
        if (this.count === mostValues) {
          postings.giveUp();
          return;
        }
        this.count += 1;
        table[at] = word;
        table[at + 1] = this.count;
      }
      table[at + 2] = block;
      stream[used++] = (table[at + 1] as number) - 1;
      if (this.count * 8 === table.length) {
        this.#grow();
        table = this.#table;
      }
    }
    postings.used = used;
  }

  sorted(): ReturnType<Values['sorted']> {
    const words = new Uint32Array(this.count);
    for (let at = 0, found = 0; at < this.#table.length; at += 4)
      if (this.#table[at + 1] !== 0) words[found++] = this.#table[at] as number;
    words.sort();
    return { numbers: new Int32Array(words.map((word) => this.#numberOf(word | 0))), words: [words] };
  }

  #numberOf(word: number): number {
    let at = (Math.imul(word, 0x9e3779b1) >>> this.#shift) << 2;
    while (this.#table[at] !== word || this.#table[at + 1] === 0) at = (at + 4) & (this.#table.length - 1);
    return (this.#table[at + 1] as number) - 1;
  }

  /** Half of the table is free at least. */
  #grow(): void {
    const smaller = this.#table;
    const table = new Int32Array(smaller.length * 2);
    this.#shift -= 1;
    for (let from = 0; from < smaller.length; from += 4) {
      if (smaller[from + 1] === 0) continue;
      let at = (Math.imul(smaller[from] as number, 0x9e3779b1) >>> this.#shift) << 2;
      while (table[at + 1] !== 0) at = (at + 4) & (table.length - 1);
      table.set(smaller.subarray(from, from + 3), at);
    }
    this.#table = table;
  }
}

/** Values of 128 bits, given as four words with their sign, in such a table: the words, number plus one, block; the rest is free. */
export class AddressValues implements Values {
  readonly postings = new Postings();
  count = 0;
  #table = new Int32Array(leastPlaces * 8);
  #shift = 32 - Math.log2(leastPlaces);

  /** Notes that the first so many of these, each its four words, occur in the present block. */
  note(words: Int32Array, count: number): void {
    const { postings } = this;
    if (postings.givenUp) return;
    const { block } = postings;
    const stream = postings.room(count);
    let { used } = postings;
    let table = this.#table;
    for (let next = 0; next < count * 4; next += 4) {
      const [a, b] = [words[next] as number, words[next + 1] as number];
      const [c, d] = [words[next + 2] as number, words[next + 3] as number];
      const mask = table.length - 1;
      let at = (hash(a, b, c, d) >>> this.#shift) << 3;
      while (
        table[at + 4] !== 0 &&
        (table[at + 3] !== d || table[at + 2] !== c || table[at + 1] !== b || table[at] !== a)
      )
        at = (at + 8) & mask;
      if (table[at + 5] === block) continue;
      if (table[at + 4] === 0) {
        if (this.count === mostValues) {
          postings.giveUp();
          return;
        }
        this.count += 1;
        table[at] = a;
        table[at + 1] = b;
        table[at + 2] = c;
        table[at + 3] = d;
        table[at + 4] = this.count;
      }
      table[at + 5] = block;
      stream[used++] = (table[at + 4] as number) - 1;
      if (this.count * 16 === table.length) {
        this.#grow();
        table = this.#table;
      }
    }
    postings.used = used;
  }

  sorted(): ReturnType<Values['sorted']> {
    const table = new Uint32Array(this.#table.buffer);
    const places = new Int32Array(this.count);
    for (let at = 0, found = 0; at < table.length; at += 8) if (table[at + 4] !== 0) places[found++] = at;
    places.sort((one, other) => {
      for (let word = 0; word < 4; word += 1) {
        const difference = (table[one + word] as number) - (table[other + word] as number);
        if (difference !== 0) return difference;
      }
      return 0;
    });
    return {
      numbers: places.map((at) => (table[at + 4] as number) - 1),
      words: [0, 1, 2, 3].map((word) => Uint32Array.from(places, (at) => table[at + word] as number)),
    };
  }

  /** Half of the table is free at least. */
  #grow(): void {
    const smaller = this.#table;
    const table = new Int32Array(smaller.length * 2);
    this.#shift -= 1;
    for (let from = 0; from < smaller.length; from += 8) {
      if (smaller[from + 4] === 0) continue;
      const [a = 0, b = 0, c = 0, d = 0] = smaller.subarray(from, from + 4);
      let at = (hash(a, b, c, d) >>> this.#shift) << 3;
      while (table[at + 4] !== 0) at = (at + 8) & (table.length - 1);
      table.set(smaller.subarray(from, from + 6), at);
    }
    this.#table = table;
  }
}

function hash(a: number, b: number, c: number, d: number): number {
  const first = Math.imul(a, 0x9e3779b1) ^ b;
  const second = Math.imul(first ^ (first >>> 15), 0x85ebca6b) ^ c;
  const third = Math.imul(second ^ (second >>> 13), 0xc2b2ae35) ^ d;
  return Math.imul(third ^ (third >>> 16), 0x9e3779b1);
}
