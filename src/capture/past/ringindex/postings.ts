/** More distinct values of a kind, or occurrences of them, than this would cost more memory than they help. */
const mostValues = 1 << 20;
const mostOccurrences = 1 << 24;

/**
 * In which blocks of a ring file each value of one kind of term occurs; values are numbers here, as who has them gives them out. Of what is
 * there in too many sorts (an address scan, a flood with forged senders) it is `givenUp`: such a kind is not indexed.
 */
export class Postings {
  /** The present block, from 1. Whoever has the values keeps this with each, so that none is noted twice a block. */
  block = 1;
  givenUp = false;
  /** Values as they occurred, block after block. */
  #stream = new Int32Array(1 << 15);
  #used = 0;
  /** Where in the stream each block ends. */
  readonly #ends: number[] = [];

  /** Notes that a value occurs in the present block. */
  note(value: number): void {
    if (this.#used === this.#stream.length) this.#grow();
    if (value >= mostValues) this.#giveUp();
    if (!this.givenUp) this.#stream[this.#used++] = value;
  }

  endBlock(): void {
    this.block += 1;
    this.#ends.push(this.#used);
  }

  /** The blocks, from 0, of so many values, each value's ascending: those of v stand from `starts[v]` to before `starts[v + 1]`. */
  lists(valueCount: number): { readonly starts: Int32Array; readonly blocks: Int32Array } {
    const starts = new Int32Array(valueCount + 1);
    const stream = this.#stream.subarray(0, this.#used);
    for (const value of stream) starts[value + 1] = (starts[value + 1] as number) + 1;
    for (let value = 0; value < valueCount; value += 1)
      starts[value + 1] = (starts[value + 1] as number) + (starts[value] as number);
    const free = starts.slice();
    const blocks = new Int32Array(this.#used);
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

  #grow(): void {
    if (this.#used >= mostOccurrences) {
      this.#giveUp();
      return;
    }
    const larger = new Int32Array(this.#stream.length * 2);
    larger.set(this.#stream);
    this.#stream = larger;
  }

  #giveUp(): void {
    this.givenUp = true;
    this.#used = 0;
    this.#ends.length = 0;
  }
}
