import type { Actor } from './analyst.ts';
import { attribution } from './attribution.ts';
import { searchBefore } from './both.ts';
import { CaptureError } from './errors.ts';
import type { AskedSearch, SearchOrder } from './orders.ts';
import { largeSearch } from './past/preflight/preflight.ts';
import { type Preflight, tooLargeInWords } from './preflight.ts';
import { ask, type Room } from './room.ts';

/**
 * What a search would read, where a person is to be asked before; null where it may begin. That it was held back is in the audit log at
 * once, whether it is confirmed later, declined, or never answered; so is what speaks against the search.
 * @throws CaptureError what the search itself, or `both`, would throw before anything was started
 */
export async function askFirst(room: Room, asked: AskedSearch, actor: Actor): Promise<Preflight | null> {
  const inAudit = async (error: unknown) => (await ask(room, asked.verb, actor, asked.order.analyst)).fail(error);
  try {
    // Before any ring is looked at: what one holds is not for who may not search.
    attribution(room, actor, asked.order);
    const preflight = await largeSearch(room, searchOf(room, asked), actor);
    if (preflight === null) return null;
    await inAudit(new CaptureError('bad_request', `not begun unless it is confirmed: ${tooLargeInWords(preflight)}`));
    return preflight;
  } catch (error) {
    await inAudit(error);
    throw error;
  }
}

function searchOf(room: Room, asked: AskedSearch): SearchOrder {
  if (asked.verb === 'search') return asked.order;
  const { search } = searchBefore(room, asked.order);
  return { ...search, window: { ...search.window, until: room.now() * 1_000 } };
}
