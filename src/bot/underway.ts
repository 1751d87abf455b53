/** What the bot has begun and not finished: handlers and searches. */
export interface Underway {
  /** Notes a piece of work until it settles; its outcome stays its owner's. */
  add<Outcome>(work: Promise<Outcome>): Promise<Outcome>;
  /** Resolves when nothing is left, or the signal aborts. */
  drained(signal: AbortSignal): Promise<void>;
}

export function underway(): Underway {
  const begun = new Set<Promise<unknown>>();
  return {
    add(work) {
      const settled: Promise<unknown> = work.catch(() => {}).finally(() => begun.delete(settled));
      begun.add(settled);
      return work;
    },
    async drained(signal) {
      const { promise: tooLate, resolve } = Promise.withResolvers<void>();
      signal.addEventListener('abort', () => resolve(), { once: true });
      while (begun.size > 0 && !signal.aborted) await Promise.race([Promise.all(begun), tooLate]);
    },
  };
}
