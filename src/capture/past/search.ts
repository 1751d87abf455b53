import type { Actor } from '../analyst.ts';
import { type Capture, type RingFileReport, searchedToItsEnd } from '../capture.ts';
import { CaptureError } from '../errors.ts';
import type { SearchOrder, SearchStep } from '../orders.ts';
import { ask, type Order, type Room } from '../room.ts';
import { longestPacket } from '../savefile.ts';
import { type SearchEnd, settleSearch } from './ending.ts';
import { type Joint, meet, type Twins } from './joint.ts';
import { scanWhereItIs } from './pinned.ts';
import { type Plan, planSearch } from './plan.ts';
import { openProcessingFile, type ProcessingFile } from './processing.ts';
import { beginning, fileDone, further } from './progress.ts';
import { type Planned, unread } from './ring.ts';

/** Milliseconds between two notes of the progress in the registry. */
const noteEvery = 500;

/** What comes with a search's order. */
export interface Ordered {
  readonly actor: Actor;
  /** Cancels it. */
  readonly signal: AbortSignal;
  /** Where it ends, when that is at a live capture; what both saw is then the live capture's alone. */
  readonly joint: Joint | null;
}

/**
 * Searches a ring for the past: ring file by ring file in time order. The first step is `planned`, the last `ended`; a reader that
 * walks away cancels it. In the audit log before all of it, and settled in the transaction that ends it.
 * @throws CaptureError `bad_request`, `bad_expression`, `not_allowed`, `no_room`, `tool_failed`
 */
export async function* searchRing(room: Room, order: SearchOrder, ordered: Ordered): AsyncGenerator<SearchStep> {
  const asked = ask(room, 'search', ordered.actor, order.analyst);
  try {
    yield* searchAsked(room, order, ordered, asked);
  } catch (error) {
    asked.fail(error);
    throw error;
  }
}

async function* searchAsked(
  room: Room,
  order: SearchOrder,
  { actor, signal, joint }: Ordered,
  asked: Order,
): AsyncGenerator<SearchStep> {
  const meeting = joint && (await meet(room, order, joint, signal));
  const { capture, plan, warnings } = await planSearch(room, meeting?.order ?? order, actor);
  room.inHand.add(capture.id);
  let file: ProcessingFile | undefined;
  let notWritten: unknown;
  let end: SearchEnd = { state: 'cancelled', why: 'cancelled: nobody waited for it any more' };
  try {
    file = await openProcessingFile(room, capture, { ...plan, snaplen: longestPacket });
    room.registry.noteProgress(capture.id, beginning(plan.places), file.name());
    yield { step: 'planned', capture: current(room, capture), warnings };
    end = yield* scanRing(room, capture, { ...plan, twins: meeting?.twins ?? null }, file, signal);
    if (meeting !== null && end.state === 'finished') end = { ...end, why: `${end.why}, ${meeting.inWords()}` };
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

/** Scans what the plan names, and says how the search ended. */
async function* scanRing(
  room: Room,
  capture: Capture,
  plan: Plan & { readonly twins: Twins | null },
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
        const scan = scanWhereItIs(place.search, plan, file.append, stop);
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
    : { state: 'finished', why: searchedToItsEnd };
}

function leftOut(place: Planned): RingFileReport {
  if ('report' in place) return place.report;
  return unread(place.search.name, 'not searched', 'the search ended before it was done with it', place.search.firstAt);
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
