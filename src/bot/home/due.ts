import type { Millis } from '../../capture/capture.ts';

/** Why a Home may show what is not so any more; the first is the most urgent. */
export const reasons = ['asked', 'turned', 'moved', 'old'] as const;
/** `asked`: somebody opened it or clicked in it; `turned`: a capture, or a request for approval, began or ended; `moved`: one went on; `old`: it was drawn long ago. */
export type Reason = (typeof reasons)[number];

/** How long a Home stays as it was drawn, at least. An ending is shown within ten seconds. */
const atLeast: Readonly<Record<Reason, Millis>> = { asked: 1_000, turned: 3_000, moved: 15_000, old: 5 * 60_000 };

/** A Home as far as it was drawn. */
export interface Drawn {
  readonly reason: Reason;
  /** When it was last looked at whether it is as it should be, and when last published; null where neither happened since the bot started. */
  readonly lookedAt: Millis | null;
  readonly drawnAt: Millis | null;
  /** After a failure. */
  readonly notBefore: Millis;
}

/** When a Home is to be looked at, and drawn. */
export function dueAt({ reason, lookedAt, drawnAt, notBefore }: Drawn, now: Millis): Millis {
  const last = reason === 'old' ? drawnAt : lookedAt;
  // A clock that was set back must not hold it up.
  return last === null ? notBefore : Math.max(notBefore, Math.min(last, now) + atLeast[reason]);
}

/** The more urgent of two reasons. */
export function moreUrgent(one: Reason, other: Reason): Reason {
  return reasons.indexOf(one) <= reasons.indexOf(other) ? one : other;
}

/** The Home that comes next: of those that are due the most urgent, then the one that waits longest; else the one due first. */
export function nextOf<Home extends Drawn>(homes: readonly Home[], now: Millis): Home | undefined {
  const byDue = (one: Home, other: Home) => dueAt(one, now) - dueAt(other, now);
  const urgency = ({ reason }: Home) => reasons.indexOf(reason);
  const due = homes.filter((home) => dueAt(home, now) <= now);
  const [next] =
    due.length > 0
      ? due.toSorted((one, other) => urgency(one) - urgency(other) || byDue(one, other))
      : homes.toSorted(byDue);
  return next;
}
