/** Aborts when the person interrupts, hangs up, or stops reading; with `stop` called nothing is listened for any more. */
export function interruptible(deaf: AbortSignal): { readonly signal: AbortSignal; stop(): void } {
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort(new Error('it was interrupted'));
  const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, interrupt);
  return {
    signal: AbortSignal.any([interrupted.signal, deaf]),
    stop: () => {
      for (const signal of signals) process.off(signal, interrupt);
    },
  };
}
