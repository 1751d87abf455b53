import type { Clock } from './clock.ts';
import type { CallFault } from './faults.ts';
import type { Wire } from './wire.ts';

const BURST = 4;

/** chat.postMessage's own limit: about one a second and channel, with a small burst allowed (SLACK.md 3). */
export type PostLimit = { exceeded(method: string, args: Wire): CallFault | undefined };

/** A limit that holds where it is switched on. */
export function postLimit(clock: Clock, on: boolean): PostLimit {
  const spent = new Map<string, { at: number; tokens: number }>();
  return {
    exceeded(method, args) {
      if (!on || method !== 'chat.postMessage') return undefined;
      const channel = String(args.channel);
      const before = spent.get(channel) ?? { at: clock.now(), tokens: BURST };
      const tokens = Math.min(BURST, before.tokens + (clock.now() - before.at) / 1000);
      const allowed = tokens >= 1;
      spent.set(channel, { at: clock.now(), tokens: allowed ? tokens - 1 : tokens });
      return allowed ? undefined : { kind: 'limited', retryAfter: 1 };
    },
  };
}
