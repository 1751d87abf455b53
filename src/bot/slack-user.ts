import type { KnownAnalyst } from '../capture/analyst.ts';

/** The Slack user of the first of these people whom the configuration gives one; null where it gives none of them any. */
export function slackUserOf(names: readonly string[], analysts: readonly KnownAnalyst[]): string | null {
  const ids = names.flatMap((name) => analysts.find((known) => known.name === name)?.slack[0] ?? []);
  return ids[0] ?? null;
}
