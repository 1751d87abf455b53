/** Time as the workspace sees it: milliseconds since 1970, and a way to be woken. */
export type Clock = {
  now(): number;
  /** Calls `act` once after `ms`; the returned function calls it off. */
  later(ms: number, act: () => void): () => void;
};

/** The machine's own clock. */
export const wallClock: Clock = {
  now: () => Date.now(),
  later(ms, act) {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
};

/** A clock that stands still until a test moves it: 3-second and 30-minute limits are then tested without waiting. */
export function handClock(start: number): Clock & { advance(ms: number): void } {
  let now = start;
  let waiting: { at: number; act: () => void }[] = [];
  return {
    now: () => now,
    later(ms, act) {
      const sleeper = { at: now + ms, act };
      waiting.push(sleeper);
      return () => {
        waiting = waiting.filter((each) => each !== sleeper);
      };
    },
    advance(ms) {
      const until = now + ms;
      for (let due = nextDue(waiting, until); due; due = nextDue(waiting, until)) {
        const { at, act } = due;
        waiting = waiting.filter((each) => each !== due);
        now = Math.max(now, at);
        act();
      }
      now = until;
    },
  };
}

function nextDue<Sleeper extends { at: number }>(waiting: readonly Sleeper[], until: number): Sleeper | undefined {
  return waiting.filter((each) => each.at <= until).toSorted((a, b) => a.at - b.at)[0];
}
