const waiting: (() => void)[] = [];

/**
 * Resolves in a turn of the event loop that nobody else was given, first come, first served; between two turns the sockets are read. So what
 * many do at once keeps nobody's acknowledgement waiting for all of them.
 */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) setImmediate(next);
  });
}

function next(): void {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(next);
}
