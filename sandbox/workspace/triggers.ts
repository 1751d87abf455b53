import { randomUUID } from 'node:crypto';
import { ApiFailure } from './failure.ts';
import type { State } from './state.ts';

const TRIGGER_LIFE_MS = 3_000;

/** Trigger ids: each opens one view, for the person who acted, within 3 seconds. */
export type Triggers = { issue(user: string): string; spend(triggerId: string | undefined): string };

/** `spend` gives the person of a trigger id; throws `invalid_trigger_id`, `exchanged_trigger_id` or `expired_trigger_id`. */
export function triggersOf(state: State): Triggers {
  const issued = new Map<string, { user: string; at: number; spent: boolean }>();
  return {
    issue(user) {
      const id = `${Math.floor(state.clock.now())}.${state.team.id}.${randomUUID().replaceAll('-', '')}`;
      issued.set(id, { user, at: state.clock.now(), spent: false });
      return id;
    },
    spend(id) {
      const trigger = id === undefined ? undefined : issued.get(id);
      if (!trigger) throw new ApiFailure('invalid_trigger_id');
      if (trigger.spent) throw new ApiFailure('exchanged_trigger_id');
      if (state.clock.now() - trigger.at > TRIGGER_LIFE_MS) throw new ApiFailure('expired_trigger_id');
      trigger.spent = true;
      return trigger.user;
    },
  };
}
