import type { Engine } from '../capture/door.ts';

/** The Slack user of the first of these people who is one; null where none of them is. */
export function slackUserOf(names: readonly string[], engine: Pick<Engine, 'slackUserNamed'>): string | null {
  return names.flatMap((name) => engine.slackUserNamed(name) ?? [])[0] ?? null;
}
