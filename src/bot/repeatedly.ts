import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Millis } from '../capture/capture.ts';

/** Does something every so often, never twice at a time, until the signal aborts. What goes wrong is logged, and the next time comes. */
export async function repeatedly(
  act: () => Promise<void>,
  every: Millis,
  { signal, log }: { readonly signal: AbortSignal; readonly log: Logger },
): Promise<void> {
  while (!signal.aborted) {
    await act().catch((error: unknown) => log.error({ err: error }, 'reconciling failed, next try follows'));
    await pause(every, undefined, { signal }).catch(() => {});
  }
}
