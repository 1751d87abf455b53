import type { Millis } from '../capture/capture.ts';

/** How often the bot may write to Slack. */
export interface Pace {
  /** Milliseconds until it may write again; 0 is now. */
  wait(now: Millis): Millis;
  /** Notes that it has written. */
  took(now: Millis): void;
}

/** So many a minute over time, and at most `atOnce` in one go (a token bucket). */
export function pace(perMinute: number, atOnce: number): Pace {
  const each = 60_000 / perMinute;
  let left = atOnce;
  let since: Millis | null = null;
  const refill = (now: Millis) => {
    // A clock set back must not silence the bot.
    const elapsed = Math.max(0, now - (since ?? now));
    left = Math.min(atOnce, left + elapsed / each);
    since = now;
  };
  return {
    wait(now) {
      refill(now);
      return left >= 1 ? 0 : Math.ceil((1 - left) * each);
    },
    took(now) {
      refill(now);
      left -= 1;
    },
  };
}
