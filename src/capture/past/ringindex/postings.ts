/** More distinct values of a kind, or occurrences of them, than this would cost more memory than they help. */
export const mostValues = 1 << 20;
const mostOccurrences = 1 << 24;

/**
 * In which blocks of a ring file each value of one kind of term occurs; values are numbers here, as who has them gives them out. Of what is
 * there in too many sorts (an address scan, a flood with forged senders) it is `givenUp`: such a kind is not indexed.
 */
export class Postings {
  /** The present block, from 1. Whoever has the values keeps this with each, so that none is noted twice a block. */
  block = 1;
  givenUp = false;
  /** How many stand in `room`: whoever writes there says how far. */
  used = 0;
  /** Values as they occurred, block after block. */
  #stream = new Int32Array(1 << 15);
  /** Where in the stream each block ends. */
  readonly #ends: number[] = [];

  /** Where values of the present block are written, from `used` on: there is room for so many. */
  room(count: number): Int32Array {
    if (this.used + count > this.#stream.length) {
      const larger = new Int32Array(Math.max(this.#stream.length * 2, this.used + count));
      larger.set(this.#stream);
      this.#stream = larger;
    }
    return this.#stream;
  }

  endBlock(): void {
    if (this.used > mostOccurrences) this.giveUp();
    this.block += 1;
    this.#ends.push(this.used);
  }

  /** The blocks, from 0, of so many values, each value's ascending: those of v stand from `starts[v]` to before `starts[v + 1]`. */
  lists(valueCount: number): { readonly starts: Int32Array; readonly blocks: Int32Array } {
    const stream = this.#stream;
    const starts = new Int32Array(valueCount + 1);
    for (let at = 0; at < this.used; at += 1) {
      const next = (stream[at] as number) + 1;
      starts[next] = (starts[next] as number) + 1;
    }
    for (let value = 0; value < valueCount; value += 1)
      starts[value + 1] = (starts[value + 1] as number) + (starts[value] as number);
    const free = starts.slice();
    const blocks = new Int32Array(this.used);
    let at = 0;
    for (let block = 0; block < this.#ends.length; block += 1)
      for (const end = this.#ends[block] as number; at < end; at += 1) {
        const value = stream[at] as number;
        const place = free[value] as number;
        blocks[place] = block;
        free[value] = place + 1;
      }
    return { starts, blocks };
  }

  giveUp(): void {
    this.givenUp = true;
    this.used = 0;
    this.#ends.length = 0;
  }
}
