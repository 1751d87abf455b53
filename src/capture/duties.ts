import type { Millis } from './capture.ts';
import type { Room } from './room.ts';

/**
 * Has something done every so often, at the first call at once. The caller does not wait for it, and it is never done twice at a time;
 * what goes wrong is logged, and the next time comes.
 */
export function whenDue(room: Pick<Room, 'uptime' | 'log'>, every: Millis, act: () => Promise<unknown>): () => void {
  let next: Millis = 0;
  let under = false;
  return () => {
    if (under || room.uptime() < next) return;
    under = true;
    next = room.uptime() + every;
    act()
      .catch((error: unknown) => room.log.error({ err: error }, 'not done, next try follows'))
      .finally(() => {
        under = false;
      });
  };
}

/** Does it once for all who ask while it is done; `under` is what is done at the moment, if anything. */
export function oneAtATime<Result>(act: () => Promise<Result>): {
  now(): Promise<Result>;
  under(): Promise<Result> | undefined;
} {
  let under: Promise<Result> | undefined;
  return {
    now: () => {
      under ??= act().finally(() => {
        under = undefined;
      });
      return under;
    },
    under: () => under,
  };
}
