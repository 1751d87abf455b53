import type { Actor } from '../analyst.ts';
import type { Program } from '../bpf.ts';
import type { Capture, Window } from '../capture.ts';
import { compileAhead, compileProgram } from '../compiler.ts';
import { CaptureError } from '../errors.ts';
import { checkExpression } from '../expression.ts';
import { readIndicators } from '../indicators.ts';
import { allowSpace } from '../limits.ts';
import type { SearchOrder } from '../orders.ts';
import { partialAddresses } from '../partial.ts';
import { ethernet } from '../ringfile.ts';
import { addCapture, attribution, type Room } from '../room.ts';
import { longestPacket, type PcapHeader } from '../savefile.ts';
import { everything } from '../tcpdump.ts';
import { shiftIn, speaksOfTags } from '../vlan.ts';
import { compileHosts, type WantedHosts, wantHosts } from './hosts.ts';
import { filesOf } from './progress.ts';
import { type Planned, planRing } from './ring.ts';
import { unread } from './unread.ts';
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
  /** Linktypes that the ring holds, too, and that the expression means something for: each is for a search of its own. */
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
  const ring = knownRing(room, order.ring);
  checkWindow(order.window);
  // While the ring is looked at: most hold Ethernet.
  compileAhead(expression, wantedLinktype ?? ethernet);
  const all = await planRing(ring.path, order.window, room.pins.heldIn(ring.name));
  const meanings = await meaningsOf(
    { expression, nets },
    wantedLinktype === undefined ? linktypesOf(all) : [wantedLinktype],
  );
  const [{ linktype, program: plain }, ...others] = meanings.understood;
  const places = ofLinktype(all, linktype, meanings);
  const files = filesOf(places);
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
    others: others.map((other) => other.linktype),
  };
}

/** That hosts of a list are not looked for in what an expression looks into. */
function hostsOutside(expression: string): string[] {
  const shift = shiftIn(expression);
  return shift === undefined
    ? []
    : [`the hosts of the list are looked for in front of what "${shift}" leads into, not in it`];
}

/** Linktypes in a ring, in the order in which they first appear; Ethernet, for a ring that holds nothing yet. */
function linktypesOf(places: readonly Planned[]): number[] {
  const linktypes = new Set(filesOf(places).map(({ header }) => header.linktype));
  return linktypes.size === 0 ? [ethernet] : [...linktypes];
}

interface Meaning {
  readonly linktype: number;
  readonly program: Program;
}

/** What an expression means for each linktype. */
interface Meanings {
  readonly understood: readonly [Meaning, ...Meaning[]];
  /** Why it means nothing for the others. */
  readonly refused: ReadonlyMap<number, string>;
}

/** @throws CaptureError `bad_expression` when it, or the list of hosts, means nothing for any of them, as for the first */
async function meaningsOf(
  { expression, nets }: { readonly expression: string; readonly nets: readonly string[] | null },
  linktypes: readonly number[],
): Promise<Meanings> {
  const understood: Meaning[] = [];
  const refused = new Map<number, CaptureError>();
  for (const linktype of linktypes) {
    try {
      const program = await compileProgram(expression, linktype);
      if (nets !== null) await compileHosts(nets, { linktype, littleEndian: true, behindTags: false });
      understood.push({ linktype, program });
    } catch (error) {
      if (!(error instanceof CaptureError && error.code === 'bad_expression')) throw error;
      refused.set(linktype, error);
    }
  }
  const [first, ...more] = understood;
  if (first === undefined) throw [...refused.values()][0] ?? new Error('there is no linktype to compile for');
  return { understood: [first, ...more], refused: new Map([...refused].map(([one, { message }]) => [one, message])) };
}

/** One savefile holds one linktype: files of another are named, with what becomes of them. */
function ofLinktype(places: readonly Planned[], linktype: number, { understood, refused }: Meanings): Planned[] {
  return places.map((place) => {
    if ('report' in place || place.search.header.linktype === linktype) return place;
    const { name, header, firstAt } = place.search;
    const becomes = understood.some((other) => other.linktype === header.linktype)
      ? ': once this search has finished, one of its own follows'
      : (refused.get(header.linktype)?.replace(/^/, ': ') ?? '');
    const detail = `linktype ${header.linktype}, while the savefile has ${linktype}${becomes}`;
    return { report: unread(name, 'other linktype', detail, firstAt), file: place.search };
  });
}
