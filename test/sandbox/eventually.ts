import { setTimeout as pause } from 'node:timers/promises';

/** Tries again until it does not throw, for fifteen seconds at most; then throws what the last try threw. */
export async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  const patience = Date.now() + 15_000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > patience) throw error;
      await pause(20);
    }
  }
}
