/** A stream of random choices that a seed repeats: the same seed, the same packets and expressions on every machine. */
export interface Random {
  /** From 0 to below `below`. */
  integer(below: number): number;
  /** From `first` to `last`, both among them. */
  between(first: number, last: number): number;
  /** True in so many of 1 cases. */
  chance(share: number): boolean;
  one<Choice>(choices: readonly Choice[]): Choice;
  bytes(count: number): Buffer;
}

/** The generator mulberry32 (Ettinger, public domain), seeded. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const integer = (below: number): number => Math.floor((next() / 0x1_0000_0000) * below);
  return {
    integer,
    between: (first, last) => first + integer(last - first + 1),
    chance: (share) => next() / 0x1_0000_0000 < share,
    one: <Choice>(choices: readonly Choice[]): Choice => {
      const choice = choices[integer(choices.length)];
      if (choice === undefined) throw new Error('nothing to choose from');
      return choice;
    },
    bytes: (count) => Buffer.from(Array.from({ length: count }, () => next() & 0xff)),
  };
}
