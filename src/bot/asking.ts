import type { Actor } from '../capture/analyst.ts';
import type { AskedSearch } from '../capture/orders.ts';
import type { Desk } from './desk.ts';
import { preflightView } from './views/preflight.ts';
import type { View } from './views/view.ts';

/**
 * The question before a search that reads much, which then waits for a click of the same person; null where it may begin.
 * @throws CaptureError as `engine.preflight`
 */
export async function questionBefore(asked: AskedSearch, actor: Actor, desk: Desk): Promise<View | null> {
  const preflight = await desk.engine.preflight(asked, actor);
  // Only in Slack a click can answer.
  if (preflight === null || actor.origin.door !== 'slack') return null;
  const id = await desk.unconfirmed.keep({ asked, words: actor.words }, actor.origin);
  return preflightView(asked, preflight, id);
}
