import { grown, Postings } from './postings.ts';

/** The values of a kind with their postings, ready to be written: slots in the order of their values. */
export interface Values {
  readonly postings: Postings;
  /** Slots by ascending value, and each value as its big-endian words. */
  sorted(): { readonly slots: Int32Array; readonly words: readonly Uint32Array[] };
}

/** Values below 65,536: a table has the slot of each, plus one. */
export class SmallValues implements Values {
  readonly postings = new Postings();
  readonly #slots = new Int32Array(0x1_0000);

  note(value: number): void {
    let slot = (this.#slots[value] as number) - 1;
    if (slot < 0) {
      slot = this.postings.add();
      this.#slots[value] = slot + 1;
    }
    this.postings.note(slot);
  }

  sorted(): ReturnType<Values['sorted']> {
    const { values: count } = this.postings;
    const [slots, values] = [new Int32Array(count), new Uint32Array(count)];
    let place = 0;
    for (let value = 0; place < count; value += 1) {
      const slot = (this.#slots[value] as number) - 1;
      if (slot < 0) continue;
      slots[place] = slot;
      values[place++] = value;
    }
    return { slots, words: [values] };
  }
}

/** Values of 32 bits, given with their sign, in a hash table with open addressing. */
export class WordValues implements Values {
  readonly postings = new Postings();
  /** Slots plus one; half of the table is free at least. */
  #table = new Int32Array(1 << 12);
  #shift = 20;
  #words = new Int32Array(1 << 11);

  note(word: number): void {
    this.postings.note(this.#slotOf(word));
  }

  sorted(): ReturnType<Values['sorted']> {
    const words = Uint32Array.from(this.#words.subarray(0, this.postings.values)).sort();
    return { slots: Int32Array.from(words, (word) => this.#slotOf(word | 0)), words: [words] };
  }

  #slotOf(word: number): number {
    const table = this.#table;
    let place = Math.imul(word, 0x9e3779b1) >>> this.#shift;
    for (;;) {
      const slot = (table[place] as number) - 1;
      if (slot < 0) return this.#add(word, place);
      if (this.#words[slot] === word) return slot;
      place = (place + 1) & (table.length - 1);
    }
  }

  #add(word: number, place: number): number {
    const slot = this.postings.add();
    if (this.postings.givenUp) return 0;
    this.#table[place] = slot + 1;
    this.#words[slot] = word;
    if (slot + 1 === this.#words.length) this.#grow();
    return slot;
  }

  #grow(): void {
    this.#words = grown(this.#words);
    this.#table = new Int32Array(this.#table.length * 2);
    this.#shift -= 1;
    for (let slot = 0; slot < this.postings.values; slot += 1) {
      let place = Math.imul(this.#words[slot] as number, 0x9e3779b1) >>> this.#shift;
      while (this.#table[place] !== 0) place = (place + 1) & (this.#table.length - 1);
      this.#table[place] = slot + 1;
    }
  }
}

/** Values of 128 bits, given as four words with their sign, in a hash table with open addressing. */
export class AddressValues implements Values {
  readonly postings = new Postings();
  #table = new Int32Array(1 << 12);
  #shift = 20;
  /** Four a slot. */
  #words = new Int32Array(1 << 13);

  note(a: number, b: number, c: number, d: number): void {
    this.postings.note(this.#slotOf(a, b, c, d));
  }

  sorted(): ReturnType<Values['sorted']> {
    const unsigned = new Uint32Array(this.#words.buffer);
    const slots = Int32Array.from({ length: this.postings.values }, (_, slot) => slot).sort((one, other) => {
      for (let word = 0; word < 4; word += 1) {
        const difference = (unsigned[one * 4 + word] as number) - (unsigned[other * 4 + word] as number);
        if (difference !== 0) return difference;
      }
      return 0;
    });
    const words = [0, 1, 2, 3].map((word) => Uint32Array.from(slots, (slot) => unsigned[slot * 4 + word] as number));
    return { slots, words };
  }

  #slotOf(a: number, b: number, c: number, d: number): number {
    const table = this.#table;
    const words = this.#words;
    let place = hash(a, b, c, d) >>> this.#shift;
    for (;;) {
      const slot = (table[place] as number) - 1;
      if (slot < 0) return this.#add(a, b, c, d, place);
      const at = slot * 4;
      if (words[at + 3] === d && words[at + 2] === c && words[at + 1] === b && words[at] === a) return slot;
      place = (place + 1) & (table.length - 1);
    }
  }

  #add(a: number, b: number, c: number, d: number, place: number): number {
    const slot = this.postings.add();
    if (this.postings.givenUp) return 0;
    this.#table[place] = slot + 1;
    this.#words.set([a, b, c, d], slot * 4);
    if (slot * 4 + 4 === this.#words.length) this.#grow();
    return slot;
  }

  #grow(): void {
    this.#words = grown(this.#words);
    this.#table = new Int32Array(this.#table.length * 2);
    this.#shift -= 1;
    for (let slot = 0; slot < this.postings.values; slot += 1) {
      const [a, b, c, d] = this.#words.subarray(slot * 4, slot * 4 + 4) as unknown as [number, number, number, number];
      let place = hash(a, b, c, d) >>> this.#shift;
      while (this.#table[place] !== 0) place = (place + 1) & (this.#table.length - 1);
      this.#table[place] = slot + 1;
    }
  }
}

function hash(a: number, b: number, c: number, d: number): number {
  const first = Math.imul(a, 0x9e3779b1) ^ b;
  const second = Math.imul(first ^ (first >>> 15), 0x85ebca6b) ^ c;
  const third = Math.imul(second ^ (second >>> 13), 0xc2b2ae35) ^ d;
  return Math.imul(third ^ (third >>> 16), 0x9e3779b1);
}
