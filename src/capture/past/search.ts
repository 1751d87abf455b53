import type { Actor } from '../analyst.ts';
import type { Capture, Micros, RingFileReport, SearchProgress, Window } from '../capture.ts';
import { freeName } from '../custody.ts';
import { CaptureError } from '../errors.ts';
import { checkExpression } from '../expression.ts';
import { allowSpace } from '../limits.ts';
import type { SearchOrder, SearchStep } from '../orders.ts';
import { captureOwner, channelOf, type Order, type Room } from '../room.ts';
import { longestPacket, type PcapHeader } from '../savefile.ts';
import { compileForFiles } from '../tcpdump.ts';
import { expandForVlan, missesTags } from '../vlan.ts';
import { type SearchEnd, settleSearch } from './ending.ts';
import { openProcessingFile, type ProcessingFile } from './processing.ts';
import { type Planned, planRing, type RingFile, unread } from './ring.ts';
import { scanRingFile } from './scan.ts';

/** Ethernet, for a ring that holds nothing yet (LINKTYPE_ETHERNET, tcpdump.org/linktypes.html). */
const ethernet = 1;
/** Milliseconds between two notes of the progress in the registry. */
const noteEvery = 500;

interface Plan {
  readonly expression: string;
  readonly window: Window;
  readonly places: readonly Planned[];
  readonly linktype: number;
  readonly precision: PcapHeader['precision'];
}

/**
 * Searches a ring for the past: ring file by ring file in time order. The first step is `planned`, the last `ended`; a reader that
 * walks away cancels it.
 * @param asked the order's audit entry, settled in the transaction that ends the search
 * @throws CaptureError `bad_request`, `bad_expression`, `not_allowed`, `no_room`, `tool_failed`
 */
export async function* searchRing(
  room: Room,
  order: SearchOrder,
  actor: Actor,
  asked: Order,
  signal: AbortSignal,
): AsyncGenerator<SearchStep> {
  const { capture, plan } = await planSearch(room, order, actor);
  room.inHand.add(capture.id);
  let file: ProcessingFile | undefined;
  let end: SearchEnd = { state: 'cancelled', why: 'cancelled: nobody waited for it any more' };
  try {
    file = await openProcessingFile(room, capture, { ...plan, snaplen: longestPacket });
    room.registry.noteProgress(capture.id, beginning(plan), file.name());
    yield { step: 'planned', capture: current(room, capture) };
    end = yield* scanRing(room, capture, plan, file, signal);
  } catch (error) {
    end = { state: 'failed', why: error instanceof Error ? error.message : String(error) };
    throw error;
  } finally {
    await file?.close();
    await settleSearch(room, capture, end, () =>
      asked.settle(end.state === 'failed' ? 'failed' : 'done', capture.id, end.why),
    );
    room.inHand.delete(capture.id);
  }
  yield { step: 'ended', capture: current(room, capture) };
}

async function planSearch(room: Room, order: SearchOrder, actor: Actor): Promise<{ capture: Capture; plan: Plan }> {
  const analyst = captureOwner(room, actor, order);
  const expression = checkExpression(order.expression);
  const ring = knownRing(room, order.ring);
  const places = oneLinktype(await planRing(ring.path, order.window));
  const files = filesOf(places);
  const linktype = files[0]?.header.linktype ?? ethernet;
  const expanded = expandedOn(room, ring.interface, expression, order.exact ?? false);
  await compileForFiles(expression, linktype);
  await allowSpace(room);
  const startedAt = room.now();
  const savefile = await freeName(
    room.place,
    { kind: 'past', analyst, description: order.description, at: startedAt },
    room.registry.isNameTaken,
  );
  const capture = room.registry.add({
    kind: 'past',
    analyst,
    orderedBy: actor.analyst.name,
    description: order.description,
    expression,
    case: order.case ?? null,
    interface: ring.interface,
    ring: ring.name,
    window: order.window,
    snaplen: longestPacket,
    savefile,
    file: savefile,
    channel: channelOf(actor),
    startedAt,
    expanded,
    deadline: null,
    maxBytes: null,
    maxPackets: null,
    keep: false,
  });
  const precision = files.some((file) => file.header.precision === 'nanoseconds') ? 'nanoseconds' : 'microseconds';
  return { capture, plan: { expression: expanded ?? expression, window: order.window, places, linktype, precision } };
}

/** Scans what the plan names, and says how the search ended. */
async function* scanRing(
  room: Room,
  capture: Capture,
  plan: Plan,
  file: ProcessingFile,
  signal: AbortSignal,
): AsyncGenerator<SearchStep, SearchEnd> {
  const toldToStop = new AbortController();
  const stop = AbortSignal.any([signal, toldToStop.signal]);
  const newest = filesOf(plan.places).at(-1);
  let progress = beginning(plan);
  let notedAt = room.now();
  const note = async () => {
    if (progress.reached !== null) await file.reach(progress.reached);
    if (!room.registry.noteProgress(capture.id, progress, file.name())) toldToStop.abort();
    notedAt = room.now();
  };
  for (const [position, place] of plan.places.entries()) {
    let report =
      'report' in place
        ? place.report
        : unread(place.search.name, 'not searched', 'cancelled before it', place.search.firstAt);
    if ('search' in place && !stop.aborted) {
      const before = progress;
      const scan = scanRingFile(place.search, { ...plan, newest: place.search === newest }, file.append, stop);
      try {
        for (let step = await scan.next(); ; step = await scan.next()) {
          if (step.done) {
            report = step.value;
            break;
          }
          progress = further(before, step.value);
          if (room.now() - notedAt < noteEvery) continue;
          await note();
          yield { step: 'reached', capture: current(room, capture), progress };
        }
      } finally {
        await scan.return(report);
      }
      progress = fileDone(before, place.search, report);
    }
    room.registry.noteReport(capture.id, position, report);
    if (isTrouble(report)) yield { step: 'troubled', capture: current(room, capture), file: report };
  }
  await note();
  yield { step: 'reached', capture: current(room, capture), progress };
  const stoppedBy = room.registry.byId(capture.id)?.why;
  return stop.aborted
    ? { state: 'cancelled', why: stoppedBy ?? 'cancelled' }
    : { state: 'finished', why: 'searched to its end' };
}

/** The expanded form where the ring's interface carries VLAN tags, so that a search selects what a live capture would. */
function expandedOn(room: Room, interfaceName: string, expression: string, exact: boolean): string | null {
  const expands = !exact && missesTags(expression) && room.supervision.taggedAt(interfaceName) !== null;
  return expands ? expandForVlan(expression) : null;
}

function knownRing(room: Room, named: string | undefined) {
  const { rings } = room.config;
  const ring = named === undefined ? rings[0] : rings.find((one) => one.name === named);
  if (ring !== undefined) return ring;
  if (rings.length === 0)
    throw new CaptureError(
      'bad_request',
      'this sensor has no ring to search: add one under "rings" in the configuration',
    );
  throw new CaptureError(
    'bad_request',
    `there is no ring ${named} here: choose one of ${rings.map(({ name }) => name).join(', ')}`,
  );
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

function filesOf(places: readonly Planned[]): RingFile[] {
  return places.flatMap((place) => ('search' in place ? [place.search] : []));
}

function beginning(plan: Plan): SearchProgress {
  const files = filesOf(plan.places);
  const bytesTotal = files.reduce((sum, { size }) => sum + size, 0);
  return { filesDone: 0, filesTotal: files.length, bytesDone: 0, bytesTotal, reached: null, packets: 0 };
}

function further(
  before: SearchProgress,
  now: { bytes: number; reached: Micros | null; packets: number },
): SearchProgress {
  return {
    ...before,
    bytesDone: before.bytesDone + now.bytes,
    reached: now.reached ?? before.reached,
    packets: before.packets + now.packets,
  };
}

function fileDone(before: SearchProgress, file: RingFile, report: RingFileReport): SearchProgress {
  const { to, packets, outcome } = report;
  const after = further(before, { bytes: outcome === 'not searched' ? 0 : file.size, reached: to, packets });
  return { ...after, filesDone: before.filesDone + (outcome === 'not searched' ? 0 : 1) };
}

/** Whether a line of the coverage statement is one to tell at once. */
function isTrouble({ outcome, detail }: RingFileReport): boolean {
  switch (outcome) {
    case 'searched':
    case 'outside window':
      return false;
    case 'empty':
      return detail !== null;
    case 'cut':
    case 'damaged':
    case 'pruned':
    case 'unreadable':
    case 'other linktype':
    case 'not searched':
      return true;
    default:
      return outcome satisfies never;
  }
}

function current(room: Room, capture: Capture): Capture {
  return room.registry.byId(capture.id) ?? capture;
}
