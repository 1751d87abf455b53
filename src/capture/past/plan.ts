import type { Actor } from '../analyst.ts';
import { attribution } from '../attribution.ts';
import type { Program } from '../bpf.ts';
import { type Capture, joinedRings, type Window } from '../capture.ts';
import { compileAhead, compileProgram } from '../compiler.ts';
import { CaptureError } from '../errors.ts';
import { checkExpression } from '../expression.ts';
import { readIndicators } from '../indicators.ts';
import { allowSpace } from '../limits.ts';
import type { SearchOrder } from '../orders.ts';
import { partialAddresses } from '../partial.ts';
import type { WholeHostList } from '../record.ts';
import { ethernet } from '../ringfile.ts';
import { addCapture, type Room } from '../room.ts';
import { longestPacket, type PcapHeader } from '../savefile.ts';
import { everything } from '../tcpdump.ts';
import { shiftIn, speaksOfTags } from '../vlan.ts';
import { type WantedHosts, wantHosts } from './hosts.ts';
import { linktypesOf, type Meaning, meaningsOf, ofLinktype } from './linktypes.ts';
import { filesOf } from './progress.ts';
import { type Planned, planRing } from './ring.ts';
import { checkWindow, formOver, knownRings, type Ring } from './wanted.ts';

/** What a search reads, and what for. */
export interface Plan {
  readonly window: Window;
  /** In the order in which they were named. */
  readonly rings: readonly RingPlan[];
  readonly linktype: number;
  /** Of the savefile: nanoseconds where any file of any ring has them. */
  readonly precision: PcapHeader['precision'];
}

/** What of a ring is read, and how: as where it is searched alone, but for the savefile's precision and linktype. */
export interface RingPlan {
  readonly ring: string;
  readonly expression: string;
  /** What libpcap makes of it. */
  readonly program: Program;
  /** The list of hosts, of which a packet must have one as well; null without. */
  readonly hosts: WantedHosts | null;
  /** Whether the ring has VLAN tags, and is searched behind them, too. */
  readonly behindTags: boolean;
  readonly places: readonly Planned[];
}

/** A search that is in the registry, what it does, and what the analyst should know about it. */
export interface Planning {
  readonly capture: Capture;
  readonly plan: Plan;
  readonly warnings: readonly string[];
  /** Linktypes that the rings hold, too, and that the expression means something for: each is for a search of its own. */
  readonly others: readonly number[];
}

/**
 * Whether a ring can be searched, without a trace of it.
 * @throws CaptureError what the search itself would throw before its first step
 */
export async function checkSearch(room: Room, order: SearchOrder, actor: Actor): Promise<void> {
  await prepare(room, order, actor);
}

/**
 * The plans of a search, one for each linktype of the rings that the expression means something for; without a trace of it.
 * @throws CaptureError as `checkSearch`
 */
export async function plansOf(room: Room, order: SearchOrder, actor: Actor): Promise<Plan[]> {
  const first = await prepare(room, order, actor);
  const all = [first];
  for (const linktype of first.others) all.push(await prepare(room, order, actor, linktype));
  return all.map(({ plan }) => plan);
}

/**
 * Plans a search and writes it into the registry.
 * @param state `starting` where it waits before it reads, and is then planned again
 * @param linktype of the files that it reads; else that of the first file that the expression means something for
 * @throws CaptureError `bad_request`, `bad_expression`, `not_allowed`, `no_room`, `tool_failed`
 */
export async function planSearch(
  room: Room,
  order: SearchOrder,
  actor: Actor,
  { state, linktype }: { readonly state: 'starting' | 'running'; readonly linktype: number | undefined },
): Promise<Planning> {
  const { wanted, ...planned } = await prepare(room, order, actor, linktype);
  return { capture: await addCapture(room, { ...wanted, state, startedAt: room.now() }), ...planned };
}

/** Plans a search again, over what its ring holds by now. @throws CaptureError as `planSearch` */
export async function planAgain(room: Room, order: SearchOrder, actor: Actor) {
  const { wanted, ...planned } = await prepare(room, order, actor);
  return { expanded: wanted.expanded, ...planned };
}

async function prepare(room: Room, order: SearchOrder, actor: Actor, wantedLinktype?: number) {
  const attributed = attribution(room, actor, order);
  const expression = checkExpression(order.expression);
  const nets = order.hosts === undefined ? null : readIndicators(order.hosts.join('\n'));
  const rings = knownRings(room, order.rings);
  checkWindow(order.window);
  // While the rings are looked at: most hold Ethernet.
  compileAhead(expression, wantedLinktype ?? ethernet);
  const held = await heldBy(room, rings, order.window);
  const meanings = await meaningsOf(
    { expression, nets },
    wantedLinktype === undefined ? linktypesOf(held.flatMap(({ places }) => places)) : [wantedLinktype],
  );
  const [{ linktype, program }, ...others] = meanings.understood;
  const sought = { expression, nets, exact: order.exact ?? false, linktype, program };
  const planned = [];
  for (const { ring, places } of held)
    planned.push(await planIn(room, ring, ofLinktype(places, linktype, meanings), sought));
  await allowSpace(room);
  const files = planned.flatMap(({ plan }) => filesOf(plan.places));
  const precision: PcapHeader['precision'] = files.some(({ header }) => header.precision === 'nanoseconds')
    ? 'nanoseconds'
    : 'microseconds';
  const wanted = {
    kind: 'past',
    ...attributed,
    expression,
    interface: [...new Set(rings.map((ring) => ring.interface))].join(','),
    ring: joinedRings(rings.map(({ name }) => name)),
    window: order.window,
    snaplen: longestPacket,
    expanded: planned.find(({ expanded }) => expanded !== null)?.expanded ?? null,
    hosts: listOf(planned.flatMap(({ plan }) => plan.hosts?.list ?? [])),
    deadline: null,
    maxBytes: null,
    maxPackets: null,
    keep: false,
  } as const;
  return {
    wanted,
    plan: { rings: planned.map(({ plan }) => plan), window: order.window, linktype, precision } satisfies Plan,
    warnings: [
      ...partialAddresses(expression),
      ...planned.flatMap(({ warning }) => warning ?? []),
      ...(nets === null ? [] : hostsOutside(expression)),
    ],
    others: others.map((other) => other.linktype),
  };
}

/** What each ring holds, one after the other. @throws CaptureError `tool_failed` when one of them cannot be read */
async function heldBy(room: Room, rings: readonly Ring[], window: Window) {
  const held: { ring: Ring; places: readonly Planned[] }[] = [];
  for (const ring of rings) {
    const places = await planRing(ring.path, window, room.pins.heldIn(ring.name)).catch((error) => {
      if (rings.length === 1 || !(error instanceof CaptureError)) throw error;
      throw new CaptureError(error.code, `${error.message}: leave ${ring.name} out of --ring to search without it`, {
        cause: error,
      });
    });
    held.push({ ring, places });
  }
  return held;
}

/** Plans what of one ring is read. Whether it has tags is that ring's alone: what is found in it is what a search of it alone finds. */
async function planIn(
  room: Room,
  ring: Ring,
  places: readonly Planned[],
  { expression, nets, exact, linktype, program }: Meaning & Sought,
): Promise<{ plan: RingPlan; expanded: string | null; warning: string | null }> {
  const sought = { files: filesOf(places), linktype, exact };
  const isListAlone = nets !== null && expression === everything;
  const form = isListAlone
    ? await formOver(room, ring, `net ${nets[0]}`, { ...sought, subject: 'the list of hosts' })
    : await formOver(room, ring, expression, sought);
  const behindTags = (form?.expanded ?? null) !== null;
  const expanded = isListAlone ? null : (form?.expanded ?? null);
  return {
    plan: {
      ring: ring.name,
      expression: expanded ?? expression,
      program: expanded === null ? program : await compileProgram(expanded, linktype),
      hosts: nets && (await wantHosts(nets, linktype, speaksOfTags(expression) || behindTags)),
      behindTags,
      places,
    },
    expanded,
    warning: form?.warning ?? null,
  };
}

interface Sought {
  readonly expression: string;
  readonly nets: readonly string[] | null;
  readonly exact: boolean;
}

/** The list as a whole: behind tags where it is looked for behind them in any ring. */
function listOf(lists: readonly WholeHostList[]): WholeHostList | null {
  return lists.find(({ behindTags }) => behindTags) ?? lists[0] ?? null;
}

/** That hosts of a list are not looked for in what an expression looks into. */
function hostsOutside(expression: string): string[] {
  const shift = shiftIn(expression);
  return shift === undefined
    ? []
    : [`the hosts of the list are looked for in front of what "${shift}" leads into, not in it`];
}
