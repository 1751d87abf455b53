const impatience = 1_000;

/** A signal that aborts when somebody ends the program from outside; whoever presses Ctrl-C again, after a second, has it end at once. */
export function endOnSignals(): AbortSignal {
  const over = new AbortController();
  let since = 0;
  // One hang-up or Ctrl-C may come twice or thrice: from the terminal, from the shell, from npm.
  const end = (signal: NodeJS.Signals) => {
    if (over.signal.aborted && signal === 'SIGINT' && Date.now() - since > impatience) process.exit(130);
    if (over.signal.aborted) return;
    since = Date.now();
    over.abort(new Error(`ended by ${signal}`));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  return over.signal;
}
