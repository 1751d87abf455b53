/**
 * A queue in which each who waits goes on in a turn of the event loop of their own, first come, first served; in between the sockets are
 * read. So what many do at once keeps nobody's acknowledgement waiting for all of them.
 */
export function turns(): () => Promise<void> {
  const waiting: (() => void)[] = [];
  const next = () => {
    waiting.shift()?.();
    if (waiting.length > 0) setImmediate(next);
  };
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      if (waiting.length === 1) setImmediate(next);
    });
}
