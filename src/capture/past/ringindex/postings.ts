/** More distinct values of a kind, or occurrences of them, than this would cost more memory than they help. */
const mostValues = 1 << 20;
const mostOccurrences = 1 << 24;

/**
 * In which blocks of a ring file each value of one kind of term occurs. Values are numbered as they come: slots. Of what is there in too
 * many sorts (an address scan, a flood with forged senders) it is `givenUp`: such a kind is not indexed.
 */
export class Postings {
  givenUp = false;
  /** Slots in use. */
  values = 0;
  #block = 0;
  /** For each slot the block, from 1, where it was last seen. */
  #last = new Int32Array(1024);
  #counts = new Int32Array(1024);
  /** Slots as they occurred, each once a block, block after block. */
  #stream = new Int32Array(1 << 15);
  #used = 0;
  /** Where in the stream each block ends. */
  readonly #ends: number[] = [];

  /** A new slot. */
  add(): number {
    if (this.values >= mostValues) this.#giveUp();
    if (this.givenUp) return 0;
    if (this.values === this.#last.length) {
      this.#last = grown(this.#last);
      this.#counts = grown(this.#counts);
    }
    return this.values++;
  }

  /** Notes that the value of a slot occurs in the present block. */
  note(slot: number): void {
    if (this.#last[slot] === this.#block + 1 || this.givenUp) return;
    this.#last[slot] = this.#block + 1;
    this.#counts[slot] = (this.#counts[slot] as number) + 1;
    if (this.#used === this.#stream.length) {
      if (this.#used >= mostOccurrences) {
        this.#giveUp();
        return;
      }
      this.#stream = grown(this.#stream);
    }
    this.#stream[this.#used++] = slot;
  }

  endBlock(): void {
    this.#block += 1;
    this.#ends.push(this.#used);
  }

  /** The blocks of all slots, each slot's ascending: those of slot s stand from `starts[s]` to before `starts[s + 1]`. */
  lists(): { readonly starts: Int32Array; readonly blocks: Int32Array } {
    const starts = new Int32Array(this.values + 1);
    for (let slot = 0; slot < this.values; slot += 1)
      starts[slot + 1] = (starts[slot] as number) + (this.#counts[slot] as number);
    const free = starts.slice();
    const blocks = new Int32Array(this.#used);
    let at = 0;
    for (const [block, end] of this.#ends.entries())
      for (; at < end; at += 1) {
        const slot = this.#stream[at] as number;
        const place = free[slot] as number;
        blocks[place] = block;
        free[slot] = place + 1;
      }
    return { starts, blocks };
  }

  #giveUp(): void {
    this.givenUp = true;
    this.values = 0;
    this.#used = 0;
    this.#ends.length = 0;
    this.#stream = new Int32Array(0);
  }
}

export function grown(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
