import type { Millis } from '../capture/capture.ts';

const minute: Millis = 60_000;

/** How often the bot may write to Slack. */
export interface Pace {
  /**
   * Milliseconds until it may write again; 0 is now.
   * @param kept how many of a minute's are kept for what is more urgent
   */
  wait(now: Millis, kept?: number): Millis;
  /** Notes that it has written. */
  took(now: Millis): void;
}

/**
 * At most so many in any minute.
 * @param steady whether what keeps some for others comes in even steps, not in bursts
 */
export function pace(perMinute: number, { steady = false } = {}): Pace {
  let taken: Millis[] = [];
  return {
    wait(now, kept = 0) {
      // A clock set back must not silence the bot.
      taken = taken.filter((at) => at <= now && now - at < minute);
      const room = Math.max(1, perMinute - kept);
      const oldest = taken.at(-room);
      const full = oldest === undefined ? 0 : oldest + minute - now;
      const last = taken.at(-1);
      const step = !steady || kept === 0 || last === undefined ? 0 : last + Math.ceil(minute / room) - now;
      return Math.max(0, full, step);
    },
    took(now) {
      taken.push(now);
    },
  };
}
