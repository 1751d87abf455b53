/** Wakes one who waits; rung while nobody waits, it wakes the next one at once. */
export interface Bell {
  ring(): void;
  /** Resolves when the bell is rung, after so many milliseconds, or when the signal aborts. */
  heard(atMost: number, signal: AbortSignal): Promise<void>;
}

export function bell(): Bell {
  let rung = Promise.withResolvers<void>();
  return {
    ring: () => rung.resolve(),
    async heard(atMost, signal) {
      const wake = () => rung.resolve();
      const timer = setTimeout(wake, atMost);
      signal.addEventListener('abort', wake);
      if (!signal.aborted) await rung.promise;
      clearTimeout(timer);
      signal.removeEventListener('abort', wake);
      rung = Promise.withResolvers<void>();
    },
  };
}
