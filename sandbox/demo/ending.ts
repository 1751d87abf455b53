/** A signal that aborts when somebody ends the program from outside; who insists, by a second signal, ends it at once. */
export function endOnSignals(): AbortSignal {
  const over = new AbortController();
  const end = () => {
    if (over.signal.aborted) process.exit(130);
    over.abort(new Error('ended by a signal'));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  return over.signal;
}
