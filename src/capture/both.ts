import type { Actor } from './analyst.ts';
import { CaptureError } from './errors.ts';
import { startLive } from './live/start.ts';
import type { BothOrder, BothStep, SearchOrder, Started, StartOrder } from './orders.ts';
import { checkSearch } from './past/plan.ts';
import { searchRing } from './past/search.ts';
import type { Approval } from './record.ts';
import type { Order, Room } from './room.ts';

/**
 * Starts a live capture, then searches the ring of its interface up to it: no gap between the two, and no packet twice. The live capture
 * is first, so that it has what the logger still holds back; it goes on whatever becomes of the search.
 * @param given its entry in the audit log; by whom it was approved, where somebody had to; what cancels the search
 * @throws CaptureError `bad_request`, `bad_expression`, `not_allowed`, `conflict`, `no_room`, `tool_failed`; before anything was started when
 * the ring cannot be searched
 */
export async function* startBoth(
  room: Room,
  order: BothOrder,
  actor: Actor,
  { asked, approval, signal }: Given,
): AsyncGenerator<BothStep> {
  let started: Started;
  let search: SearchOrder;
  try {
    const checked = await checkBoth(room, order, actor);
    search = checked.search;
    started = await startLive(room, checked.live, actor, asked, approval);
  } catch (error) {
    await asked.fail(error);
    throw error;
  }
  const joint = { live: started.capture, at: room.now() * 1_000, uptime: room.uptime() };
  yield { step: 'started', ...started };
  yield* searchRing(room, search, { actor, signal, joint });
}

interface Given {
  readonly asked: Order;
  readonly approval?: Approval | undefined;
  readonly signal: AbortSignal;
}

/**
 * The two orders of one for both, the search's window still open at its end, once the ring was seen to be searchable.
 * @throws CaptureError as `startBoth` before anything was started
 */
export async function checkBoth(
  room: Room,
  order: BothOrder,
  actor: Actor,
): Promise<{ readonly search: SearchOrder; readonly live: StartOrder }> {
  const { since, ring: _, join: __, confirmed: ___, ...live } = order;
  const { search, interface: interfaceName } = searchBefore(room, order);
  await checkSearch(room, { ...search, window: { since, until: room.now() * 1_000 } }, actor);
  return { search, live: { ...live, interface: interfaceName } };
}

/** The search of an order for both, its window still open at its end, and the interface to capture on. @throws CaptureError `bad_request` */
export function searchBefore(
  room: Room,
  order: BothOrder,
): { readonly search: SearchOrder; readonly interface: string } {
  const meeting = meetingPlace(room, order);
  const { description, expression, exact, case: incident, analyst, partOf, since } = order;
  const window = { since, until: null };
  const search = { description, expression, exact, case: incident, analyst, partOf, window, rings: [meeting.ring] };
  return { search, interface: meeting.interface };
}

/** The interface to capture on and the ring that holds its past. @throws CaptureError `bad_request` when there are no two that meet */
function meetingPlace({ config }: Room, order: BothOrder): { readonly interface: string; readonly ring: string } {
  const named = config.rings.find(({ name }) => name === order.ring);
  // A ring that is not known is refused by the search itself.
  const interfaceName = order.interface ?? named?.interface ?? config.interfaces[0];
  const ring = order.ring ?? config.rings.find((one) => one.interface === interfaceName)?.name;
  if (ring === undefined) {
    const held = config.rings.map(({ name, interface: of }) => `-i ${of} (${name})`).join(', ');
    throw new CaptureError(
      'bad_request',
      `no ring holds the past of ${interfaceName}: ${held === '' ? 'this sensor has no ring' : `choose ${held}`}`,
    );
  }
  if (named !== undefined && named.interface !== interfaceName) {
    throw new CaptureError(
      'bad_request',
      `the ring ${ring} holds ${named.interface}, not ${interfaceName}: leave out -i or --ring`,
    );
  }
  return { interface: interfaceName, ring };
}
