import type { Logger } from 'pino';
import type { Origin } from '../capture/analyst.ts';
import type { Millis } from '../capture/capture.ts';
import type { Engine } from '../capture/door.ts';
import { CaptureError } from '../capture/errors.ts';
import type { Attempt } from '../capture/orders.ts';
import { counted, utc } from '../reports/figures.ts';

/** A flood is in the audit log when it begins, and then at most so often. */
const toldEvery: Millis = 60_000;
/** People whose orders are counted; of more than that, those who have been quiet are forgotten. */
const mostCounted = 1_000;

/** An order of somebody in Slack, before it is known whether they may give it. */
type Ordered = Attempt & { readonly origin: Extract<Origin, { door: 'slack' }> };

export interface Haste {
  /**
   * Counts an order of a person, whatever it is and whichever way it came.
   * @throws CaptureError `not_allowed` when they give too many, with when they may go on
   */
  count(order: Ordered): void;
  /** Writes what floods came to. */
  close(): void;
}

export interface HasteParts {
  readonly engine: Pick<Engine, 'refused'>;
  /** What one person may order in a minute, a third of it at once. */
  readonly aMinute: number;
  readonly log: Logger;
  readonly now: () => Millis;
}

/** Orders left to a person, as of a time; a fraction of one is time that has passed towards it. */
interface Purse {
  readonly left: number;
  readonly at: Millis;
}

/** Orders that were refused and are not in the audit log yet. */
interface Flood {
  readonly order: Ordered;
  refused: number;
  timer: NodeJS.Timeout;
}

/** Keeps one person, or a script in their name, from taking the bot from everybody else: costs neither Slack nor the engine a question. */
export function openHaste({ engine, aMinute, log, now }: HasteParts): Haste {
  const atOnce = Math.ceil(aMinute / 3);
  const orderEvery: Millis = 60_000 / aMinute;
  const purses = new Map<string, Purse>();
  const floods = new Map<string, Flood>();

  const leftTo = (key: string): number => {
    const { left, at } = purses.get(key) ?? { left: atOnce, at: now() };
    if (now() >= at) return Math.min(atOnce, left + (now() - at) / orderEvery);
    // The clock was set back: nobody waits until it is as late again.
    purses.set(key, { left, at: now() });
    return left;
  };
  const noted = (order: Ordered, why: string): boolean => {
    try {
      engine.refused(order, why);
      return true;
    } catch (error) {
      log.warn({ err: error, user: order.origin.user }, 'a flood is not in the audit log');
      return false;
    }
  };
  const tell = (flood: Flood): void => {
    const { order, refused } = flood;
    if (refused === 0) return;
    const why = `${counted(refused, 'more order')} of this person refused: more than ${aMinute} a minute`;
    if (noted({ ...order, words: '' }, why)) flood.refused = 0;
  };
  const look = (key: string): void => {
    const flood = floods.get(key);
    if (flood === undefined) return;
    if (flood.refused === 0) return void floods.delete(key);
    tell(flood);
    flood.timer = lookLater(key);
  };
  const lookLater = (key: string) => setTimeout(look, toldEvery, key).unref();
  const forgetQuiet = () => {
    if (purses.size < mostCounted) return;
    for (const key of purses.keys()) if (leftTo(key) === atOnce) purses.delete(key);
  };

  return {
    count: (order) => {
      const key = `${order.origin.team}/${order.origin.user}`;
      const left = leftTo(key);
      if (left >= 1) {
        forgetQuiet();
        purses.set(key, { left: left - 1, at: now() });
        return;
      }
      const wait = Math.ceil(((1 - left) * orderEvery) / 1_000);
      const why = `that is more than ${counted(aMinute, 'order')} a minute: go on in ${wait} s, at ${utc(now() + wait * 1_000)}`;
      const flood = floods.get(key);
      if (flood !== undefined) flood.refused += 1;
      else {
        // What could not be noted now is told with what follows.
        floods.set(key, { order, refused: noted(order, why) ? 0 : 1, timer: lookLater(key) });
      }
      throw new CaptureError('not_allowed', why);
    },
    close: () => {
      for (const flood of floods.values()) {
        clearTimeout(flood.timer);
        tell(flood);
      }
      floods.clear();
    },
  };
}
