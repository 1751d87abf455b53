import type { KnownAnalyst } from '../capture/analyst.ts';
import type { Capture } from '../capture/capture.ts';

/** The Slack user who ordered a capture, else the one whose it is, as the configuration names them; null where it names neither. */
export function slackUserOf(
  { orderedBy, analyst }: Pick<Capture, 'orderedBy' | 'analyst'>,
  analysts: readonly KnownAnalyst[],
): string | null {
  const idOf = (name: string) => analysts.find((known) => known.name === name)?.slack[0];
  return idOf(orderedBy) ?? idOf(analyst) ?? null;
}
