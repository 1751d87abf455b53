import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Millis } from '../capture/capture.ts';
import { isPassing } from '../database.ts';

const nextTry: Millis = 5_000;

/**
 * Does something that goes on until the signal aborts; where another process has the registry locked, or its disk is full, it is begun
 * again later. Rejects with any other error.
 */
export async function persistently(
  act: () => Promise<unknown>,
  { log, signal }: { readonly log: Logger; readonly signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    try {
      await act();
      return;
    } catch (error) {
      if (!isPassing(error)) throw error;
      log.warn({ err: error }, 'the registry cannot be read or written just now, next try follows');
      await pause(nextTry, undefined, { signal }).catch(() => undefined);
    }
  }
}
