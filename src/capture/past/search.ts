import type { Actor } from '../analyst.ts';
import type { Capture, RingFileReport, Window } from '../capture.ts';
import { CaptureError } from '../errors.ts';
import { checkExpression } from '../expression.ts';
import { allowSpace } from '../limits.ts';
import type { SearchOrder, SearchStep } from '../orders.ts';
import { partialAddresses } from '../partial.ts';
import { ethernet } from '../ringfile.ts';
import { addCapture, attribution, type Order, type Room } from '../room.ts';
import { longestPacket, type PcapHeader } from '../savefile.ts';
import { compileForFiles } from '../tcpdump.ts';
import { type SearchEnd, settleSearch } from './ending.ts';
import { openProcessingFile, type ProcessingFile } from './processing.ts';
import { beginning, fileDone, filesOf, further } from './progress.ts';
import { type Planned, planRing, unread } from './ring.ts';
import { scanRingFile } from './scan.ts';
import { checkWindow, formOver, knownRing } from './wanted.ts';

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
  const { capture, plan, warnings } = await planSearch(room, order, actor);
  room.inHand.add(capture.id);
  let file: ProcessingFile | undefined;
  let notWritten: unknown;
  let end: SearchEnd = { state: 'cancelled', why: 'cancelled: nobody waited for it any more' };
  try {
    file = await openProcessingFile(room, capture, { ...plan, snaplen: longestPacket });
    room.registry.noteProgress(capture.id, beginning(plan.places), file.name());
    yield { step: 'planned', capture: current(room, capture), warnings };
    end = yield* scanRing(room, capture, plan, file, signal);
  } catch (error) {
    end = { state: 'failed', why: error instanceof Error ? error.message : String(error) };
    throw error;
  } finally {
    notWritten = await file?.close().then(
      () => undefined,
      (cause) => cause,
    );
    if (notWritten !== undefined) end = { state: 'failed', why: `not everything could be written: ${notWritten}` };
    try {
      await settleSearch(room, capture, end, () =>
        asked.settle(end.state === 'failed' ? 'failed' : 'done', capture.id, end.why),
      );
    } finally {
      // What could not be settled is then anybody's to settle.
      room.inHand.delete(capture.id);
    }
  }
  if (notWritten !== undefined) throw new CaptureError('tool_failed', end.why, { cause: notWritten });
  yield { step: 'ended', capture: current(room, capture) };
}

async function planSearch(
  room: Room,
  order: SearchOrder,
  actor: Actor,
): Promise<{ capture: Capture; plan: Plan; warnings: string[] }> {
  const attributed = attribution(room, actor, order);
  const expression = checkExpression(order.expression);
  const ring = knownRing(room, order.ring);
  checkWindow(order.window);
  const places = oneLinktype(await planRing(ring.path, order.window));
  const files = filesOf(places);
  // Ethernet, for a ring that holds nothing yet.
  const linktype = files[0]?.header.linktype ?? ethernet;
  await compileForFiles(expression, linktype);
  const form = await formOver(room, ring, expression, { files, linktype, exact: order.exact ?? false });
  const expanded = form?.expanded ?? null;
  await allowSpace(room);
  const startedAt = room.now();
  const capture = await addCapture(room, {
    kind: 'past',
    ...attributed,
    expression,
    interface: ring.interface,
    ring: ring.name,
    window: order.window,
    snaplen: longestPacket,
    startedAt,
    expanded,
    deadline: null,
    maxBytes: null,
    maxPackets: null,
    keep: false,
  });
  const precision = files.some((file) => file.header.precision === 'nanoseconds') ? 'nanoseconds' : 'microseconds';
  return {
    capture,
    plan: { expression: expanded ?? expression, window: order.window, places, linktype, precision },
    warnings: [...partialAddresses(expression), ...(form === null ? [] : [form.warning])],
  };
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
  let progress = beginning(plan.places);
  let notedAt = room.now();
  const note = async () => {
    if (progress.reached !== null) await file.reach(progress.reached);
    if (!room.registry.noteProgress(capture.id, progress, file.name())) toldToStop.abort();
    notedAt = room.now();
  };
  // After the last file that is done with: its place in the plan, and the progress.
  let told = 0;
  let whole = progress;
  try {
    for (const [position, place] of plan.places.entries()) {
      let report =
        'report' in place
          ? place.report
          : unread(place.search.name, 'not searched', 'cancelled before it', place.search.firstAt);
      if ('search' in place && !stop.aborted) {
        const scan = scanRingFile(place.search, plan, file.append, stop);
        try {
          for (let step = await scan.next(); ; step = await scan.next()) {
            if (step.done) {
              report = step.value;
              break;
            }
            // A file that still grows counts with the size it had in the plan.
            progress = further(whole, { ...step.value, bytes: Math.min(step.value.bytes, place.search.size) });
            if (room.now() - notedAt < noteEvery) continue;
            await note();
            yield { step: 'reached', capture: current(room, capture), progress };
          }
        } finally {
          await scan.return(report);
        }
        progress = fileDone(whole, place.search, report);
      }
      whole = progress;
      told = position + 1;
      room.registry.noteReport(capture.id, position, report);
      if (isTrouble(report)) yield { step: 'troubled', capture: current(room, capture), file: report };
    }
  } finally {
    // Whoever walks away, or a full disk, leaves files that the coverage statement must not pass over.
    const packets = progress.packets - whole.packets;
    for (const [at, report] of plan.places.slice(told).map(leftOut).entries()) {
      const merged = at === 0 && packets > 0 ? { packets, to: progress.reached } : {};
      room.registry.noteReport(capture.id, told + at, { ...report, ...merged });
    }
  }
  await note();
  yield { step: 'reached', capture: current(room, capture), progress };
  const stoppedBy = room.registry.byId(capture.id)?.why;
  return stop.aborted
    ? { state: 'cancelled', why: stoppedBy ?? 'cancelled' }
    : { state: 'finished', why: 'searched to its end' };
}

function leftOut(place: Planned): RingFileReport {
  if ('report' in place) return place.report;
  return unread(place.search.name, 'not searched', 'the search ended before it was done with it', place.search.firstAt);
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
