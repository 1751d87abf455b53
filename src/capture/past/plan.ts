import type { Actor } from '../analyst.ts';
import type { Capture, Window } from '../capture.ts';
import { checkExpression } from '../expression.ts';
import { allowSpace } from '../limits.ts';
import type { SearchOrder } from '../orders.ts';
import { partialAddresses } from '../partial.ts';
import { ethernet } from '../ringfile.ts';
import { addCapture, attribution, type Room } from '../room.ts';
import { longestPacket, type PcapHeader } from '../savefile.ts';
import { compileForFiles } from '../tcpdump.ts';
import { filesOf } from './progress.ts';
import { type Planned, planRing, unread } from './ring.ts';
import { checkWindow, formOver, knownRing } from './wanted.ts';

/** What a search reads, and what for. */
export interface Plan {
  readonly expression: string;
  readonly window: Window;
  readonly places: readonly Planned[];
  readonly linktype: number;
  readonly precision: PcapHeader['precision'];
}

/** A search that is in the registry, what it does, and what the analyst should know about it. */
export interface Planning {
  readonly capture: Capture;
  readonly plan: Plan;
  readonly warnings: readonly string[];
}

/**
 * Whether a ring can be searched, without a trace of it.
 * @throws CaptureError what the search itself would throw before its first step
 */
export async function checkSearch(room: Room, order: SearchOrder, actor: Actor): Promise<void> {
  await prepare(room, order, actor);
}

/**
 * Plans a search and writes it into the registry.
 * @throws CaptureError `bad_request`, `bad_expression`, `not_allowed`, `no_room`, `tool_failed`
 */
export async function planSearch(room: Room, order: SearchOrder, actor: Actor): Promise<Planning> {
  const { wanted, ...planned } = await prepare(room, order, actor);
  return { capture: await addCapture(room, { ...wanted, startedAt: room.now() }), ...planned };
}

async function prepare(room: Room, order: SearchOrder, actor: Actor) {
  const attributed = attribution(room, actor, order);
  const expression = checkExpression(order.expression);
  const ring = knownRing(room, order.ring);
  checkWindow(order.window);
  const places = oneLinktype(await planRing(ring.path, order.window, room.pins.heldIn(ring.name)));
  const files = filesOf(places);
  // Ethernet, for a ring that holds nothing yet.
  const linktype = files[0]?.header.linktype ?? ethernet;
  await compileForFiles(expression, linktype);
  const form = await formOver(room, ring, expression, { files, linktype, exact: order.exact ?? false });
  const expanded = form?.expanded ?? null;
  await allowSpace(room);
  const wanted = {
    kind: 'past',
    ...attributed,
    expression,
    interface: ring.interface,
    ring: ring.name,
    window: order.window,
    snaplen: longestPacket,
    expanded,
    deadline: null,
    maxBytes: null,
    maxPackets: null,
    keep: false,
  } as const;
  const precision: PcapHeader['precision'] = files.some(({ header }) => header.precision === 'nanoseconds')
    ? 'nanoseconds'
    : 'microseconds';
  return {
    wanted,
    plan: { expression: expanded ?? expression, window: order.window, places, linktype, precision },
    warnings: [...partialAddresses(expression), ...(form === null ? [] : [form.warning])],
  };
}

/** One savefile holds one linktype: files of another than the first are named, not searched. */
function oneLinktype(places: readonly Planned[]): Planned[] {
  const linktype = filesOf(places)[0]?.header.linktype;
  return places.map((place) => {
    if ('report' in place || place.search.header.linktype === linktype) return place;
    const { name, header, firstAt } = place.search;
    return {
      report: unread(
        name,
        'other linktype',
        `linktype ${header.linktype}, while the savefile has ${linktype}`,
        firstAt,
      ),
    };
  });
}
