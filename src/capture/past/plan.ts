import type { Actor } from '../analyst.ts';
import type { Program } from '../bpf.ts';
import type { Capture, Window } from '../capture.ts';
import { checkExpression } from '../expression.ts';
import { readIndicators } from '../indicators.ts';
import { allowSpace } from '../limits.ts';
import type { SearchOrder } from '../orders.ts';
import { partialAddresses } from '../partial.ts';
import { ethernet } from '../ringfile.ts';
import { addCapture, attribution, type Room } from '../room.ts';
import { longestPacket, type PcapHeader } from '../savefile.ts';
import { compileProgram, everything } from '../tcpdump.ts';
import { shiftIn, speaksOfTags } from '../vlan.ts';
import { type WantedHosts, wantHosts } from './hosts.ts';
import { filesOf } from './progress.ts';
import { type Planned, planRing, unread } from './ring.ts';
import { checkWindow, formOver, knownRing } from './wanted.ts';

/** What a search reads, and what for. */
export interface Plan {
  readonly expression: string;
  /** What libpcap makes of it. */
  readonly program: Program;
  /** The list of hosts, of which a packet must have one as well; null without. */
  readonly hosts: WantedHosts | null;
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
 * @param state `starting` where it waits before it reads, and is then planned again
 * @throws CaptureError `bad_request`, `bad_expression`, `not_allowed`, `no_room`, `tool_failed`
 */
export async function planSearch(
  room: Room,
  order: SearchOrder,
  actor: Actor,
  state: 'starting' | 'running',
): Promise<Planning> {
  const { wanted, ...planned } = await prepare(room, order, actor);
  return { capture: await addCapture(room, { ...wanted, state, startedAt: room.now() }), ...planned };
}

/** Plans a search again, over what its ring holds by now. @throws CaptureError as `planSearch` */
export async function planAgain(room: Room, order: SearchOrder, actor: Actor) {
  const { wanted, ...planned } = await prepare(room, order, actor);
  return { expanded: wanted.expanded, ...planned };
}

async function prepare(room: Room, order: SearchOrder, actor: Actor) {
  const attributed = attribution(room, actor, order);
  const expression = checkExpression(order.expression);
  const nets = order.hosts === undefined ? null : readIndicators(order.hosts.join('\n'));
  const ring = knownRing(room, order.ring);
  checkWindow(order.window);
  const places = oneLinktype(await planRing(ring.path, order.window));
  const files = filesOf(places);
  // Ethernet, for a ring that holds nothing yet.
  const linktype = files[0]?.header.linktype ?? ethernet;
  const plain = await compileProgram(expression, linktype);
  const sought = { files, linktype, exact: order.exact ?? false };
  const isListAlone = nets !== null && expression === everything;
  const form = isListAlone
    ? await formOver(room, ring, `net ${nets[0]}`, { ...sought, subject: 'the list of hosts' })
    : await formOver(room, ring, expression, sought);
  const expanded = isListAlone ? null : (form?.expanded ?? null);
  const program = expanded === null ? plain : await compileProgram(expanded, linktype);
  const isBehindTags = speaksOfTags(expression) || (form?.expanded ?? null) !== null;
  const hosts = nets && (await wantHosts(nets, linktype, isBehindTags));
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
    hosts: hosts?.list ?? null,
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
    plan: { expression: expanded ?? expression, program, hosts, window: order.window, places, linktype, precision },
    warnings: [
      ...partialAddresses(expression),
      ...(form === null ? [] : [form.warning]),
      ...(hosts === null ? [] : hostsOutside(expression)),
    ],
  };
}

/** That hosts of a list are not looked for in what an expression looks into. */
function hostsOutside(expression: string): string[] {
  const shift = shiftIn(expression);
  return shift === undefined
    ? []
    : [`the hosts of the list are looked for in front of what "${shift}" leads into, not in it`];
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
      file: place.search,
    };
  });
}
