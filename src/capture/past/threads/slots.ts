/** What a thread may have given that nobody has taken yet, as slots: then it waits. Given and taken in the same order. */
const slotCount = 8;
/** A few times what a scanner finds at a time: each slot is a write, and a message. */
export const slotBytes = 2 ** 20;

/** Words of 32 bits: slots that were taken so far; 1 once the thread is to stop. */
const words = { taken: 0, stop: 1 } as const;

/** Memory that a thread shares with who started it: what it finds is copied into it once, and written from there. */
export interface Slots {
  readonly memory: SharedArrayBuffer;
  readonly state: SharedArrayBuffer;
}

export function makeSlots(): Slots {
  return {
    memory: new SharedArrayBuffer(slotCount * slotBytes),
    state: new SharedArrayBuffer(Object.keys(words).length * Int32Array.BYTES_PER_ELEMENT),
  };
}

/** The side that takes. */
export interface Taker {
  /** What was given in the oldest slot that is not taken. */
  oldest(length: number): Buffer;
  /** It is out of the way. */
  took(): void;
  stop(): void;
}

export function takerOf({ memory, state }: Slots): Taker {
  const shared = new Int32Array(state);
  let taken = 0;
  return {
    oldest: (length) => Buffer.from(memory, (taken % slotCount) * slotBytes, length),
    took: () => {
      taken += 1;
      Atomics.store(shared, words.taken, taken);
      Atomics.notify(shared, words.taken);
    },
    stop: () => void Atomics.store(shared, words.stop, 1),
  };
}

/** The side that gives: a thread of its own, which may wait. */
export interface Giver {
  /** Waits for the next slot to be free. */
  next(): Uint8Array;
  /** It was filled, and is told to the other side. */
  gave(): void;
  isToStop(): boolean;
}

export function giverOf({ memory, state }: Slots): Giver {
  const shared = new Int32Array(state);
  let given = 0;
  return {
    next: () => {
      for (;;) {
        const taken = Atomics.load(shared, words.taken);
        if (given - taken < slotCount) return new Uint8Array(memory, (given % slotCount) * slotBytes, slotBytes);
        Atomics.wait(shared, words.taken, taken);
      }
    },
    gave: () => {
      given += 1;
    },
    isToStop: () => Atomics.load(shared, words.stop) !== 0,
  };
}
