import type { Actor } from '../analyst.ts';
import { type Capture, searchedToItsEnd } from '../capture.ts';
import { CaptureError } from '../errors.ts';
import type { Examine } from '../facts.ts';
import type { SearchOrder, SearchStep } from '../orders.ts';
import { notePace } from '../paces.ts';
import { untilNoted } from '../patience.ts';
import { ask, type Order, type Room } from '../room.ts';
import { longestPacket } from '../savefile.ts';
import { toolVersions } from '../tcpdump.ts';
import { scanAbreast } from './abreast.ts';
import { type SearchEnd, settleSearch } from './ending.ts';
import { type Joint, type Meeting, meet, type Twins } from './joint.ts';
import { finishPlace, type Lane, lanesOf, leftOver, lineOf, progressOf, scanPlaces, spansOf } from './lane.ts';
import { type Plan, planAgain, planSearch } from './plan.ts';
import { openProcessingFile, type ProcessingFile } from './processing.ts';
import { filesOf } from './progress.ts';
import { isTrouble } from './report.ts';
import type { RingFile } from './ring.ts';
import { indexesOf } from './ringindex/place.ts';
import { type Append, scanRingFile, type Take } from './scan.ts';
import { openCrews, startThread, type Thread } from './threads/crew.ts';
import { knownRing } from './wanted.ts';

/** Milliseconds between two notes of the progress in the registry. */
const noteEvery = 500;

/** How a search is cancelled, by whomever. */
interface Cancel {
  readonly signal: AbortSignal;
  now(): void;
}

/** What comes with a search's order. */
export interface Ordered {
  readonly actor: Actor;
  /** Cancels it. */
  readonly signal: AbortSignal;
  /** Where it ends, when that is at a live capture; what both saw is then the live capture's alone. */
  readonly joint: Joint | null;
}

/**
 * Searches rings for the past: each ring file by ring file in time order, their results merged record by record. The first step is `planned`, the last `ended`, and so again for each
 * further linktype that they hold; a reader that walks away cancels it. In the audit log before all of it, and settled in the transaction that ends it.
 * @throws CaptureError `bad_request`, `bad_expression`, `not_allowed`, `no_room`, `tool_failed`
 */
export async function* searchRing(room: Room, order: SearchOrder, ordered: Ordered): AsyncGenerator<SearchStep> {
  const { joint } = ordered;
  const upTo = joint === null ? order : { ...order, window: { ...order.window, until: joint.at } };
  const others = yield* searchAudited(room, upTo, ordered);
  // One savefile holds one linktype. A live capture has one, too: what it saw is not in the others.
  for (const linktype of others) yield* searchAudited(room, upTo, { ...ordered, joint: null }, linktype);
}

/** @returns the linktypes that are left for searches of their own */
async function* searchAudited(
  room: Room,
  order: SearchOrder,
  ordered: Ordered,
  linktype?: number,
): AsyncGenerator<SearchStep, readonly number[]> {
  const asked = await ask(room, 'search', ordered.actor, order.analyst);
  // It starts while the search is planned.
  const thread = startThread();
  try {
    return yield* searchAsked(room, order, { ...ordered, linktype, thread }, asked);
  } catch (error) {
    await asked.fail(error);
    throw error;
  } finally {
    await thread.end();
  }
}

async function* searchAsked(
  room: Room,
  order: SearchOrder,
  {
    actor,
    signal,
    joint,
    linktype,
    thread,
  }: Ordered & { readonly linktype: number | undefined; readonly thread: Thread },
  asked: Order,
): AsyncGenerator<SearchStep, readonly number[]> {
  // One that waits is in the registry before: there it is seen, and stopped.
  const planning = await planSearch(room, order, actor, {
    state: joint === null ? 'running' : 'starting',
    linktype,
  });
  const { capture } = planning;
  let { plan, warnings, others } = planning;
  const cancelling = new AbortController();
  const cancel = { signal: AbortSignal.any([signal, cancelling.signal]), now: () => cancelling.abort() };
  let file: ProcessingFile | undefined;
  let examine: Examine | undefined;
  let notWritten: unknown;
  let end: SearchEnd = { state: 'cancelled', why: 'cancelled: nobody waited for it any more' };
  try {
    file = await openProcessingFile(room, capture, { ...planning.plan, snaplen: longestPacket });
    let meeting: Meeting | null = null;
    if (joint !== null) {
      yield { step: 'waiting', capture: current(room, capture) };
      meeting = await waitedFor(room, capture, joint, cancel);
      const again = await planAgain(room, order, actor);
      ({ plan, warnings, others } = again);
      await file.begin({ ...plan, snaplen: longestPacket });
      if (!(await room.patiently(() => room.registry.markReading(capture.id, again.expanded)))) cancel.now();
    }
    // First, so that a search which is killed has a line for each file.
    const lanes = lanesOf(plan.rings);
    const lines = lanes.flatMap((lane) => leftOver(lane).map((report) => lineOf(lane, report, plan)));
    await room.patiently(() => room.registry.notePlan(capture.id, lines));
    await noteProgress(room, capture, lanes, file);
    yield { step: 'planned', capture: current(room, capture), warnings };
    // For the sidecar: asked now, it is there by then.
    void toolVersions();
    end = yield* scanRings(room, capture, { ...plan, twins: meeting?.twins ?? null, thread }, file, cancel);
    if (meeting !== null && end.state === 'finished') end = { ...end, why: `${end.why}, ${meeting.inWords()}` };
  } catch (error) {
    end = { state: 'failed', why: error instanceof Error ? error.message : String(error) };
    throw error;
  } finally {
    notWritten = await file?.close().then(
      (known) => {
        examine = known;
      },
      (cause) => cause,
    );
    if (notWritten !== undefined) end = { state: 'failed', why: `not everything could be written: ${notWritten}` };
    try {
      const outcome = end.state === 'failed' ? 'failed' : 'done';
      await settleSearch(room, capture, end, () => asked.settle(outcome, capture.id, end.why), examine);
    } finally {
      // What could not be settled is then anybody's to settle.
      room.inHand.delete(capture.id);
    }
  }
  if (notWritten !== undefined) throw new CaptureError('tool_failed', end.why, { cause: notWritten });
  yield { step: 'ended', capture: current(room, capture) };
  return end.state === 'finished' ? others : [];
}

/** Waits for what the ring's logger holds back, for as long as nobody cancels the search. */
async function waitedFor(room: Room, capture: Capture, joint: Joint, cancel: Cancel): Promise<Meeting> {
  const ring = knownRing(room, capture.ring ?? undefined).path;
  return meet(room, ring, joint, () => {
    if (room.registry.byId(capture.id)?.state !== 'starting') cancel.now();
    return cancel.signal;
  });
}

/** Scans what the plan names, and says how the search ended. */
async function* scanRings(
  room: Room,
  capture: Capture,
  plan: Plan & { readonly twins: Twins | null; readonly thread: Thread },
  file: ProcessingFile,
  cancel: Cancel,
): AsyncGenerator<SearchStep, SearchEnd> {
  const { window, precision, linktype, twins } = plan;
  const stop = cancel.signal;
  const indexes = indexesOf(room.config.state);
  const lanes = lanesOf(plan.rings);
  const crews = openCrews(
    plan.rings.map(({ program, hosts, places }) => {
      return { files: filesOf(places), program, hosts, window, precision, linktype, indexes, twins };
    }),
    plan.thread,
    stop,
  );
  const scans = lanes.map((lane, at) => (append: Append) => {
    const selection = { ...lane.plan, window, precision, twins };
    const take: Take = async (records, packets) => {
      await append(records);
      lane.appended += packets;
    };
    const scan = (held: RingFile) => crews[at]?.scan(held, take) ?? scanRingFile(held, selection, take, stop);
    return scanPlaces(lane, scan, stop);
  });
  const lookedAt = room.now();
  const began = room.uptime();
  const noteSpans = () =>
    room.patiently(() => room.registry.noteRingSpans(capture.id, spansOf(lanes, window, lookedAt)), untilNoted);
  let notedAt = room.now();
  const note = async () => {
    const progress = progressOf(lanes);
    if (progress.reached !== null) await file.reach(progress.reached);
    if (!(await noteProgress(room, capture, lanes, file))) cancel.now();
    notedAt = room.now();
    return progress;
  };
  await noteSpans();
  try {
    const [only] = scans;
    const telling =
      only !== undefined && scans.length === 1
        ? only(file.append)
        : scanAbreast(scans, {
            append: file.append,
            format: { littleEndian: true, precision },
          });
    for await (const told of telling) {
      if (told.says === 'further') {
        if (room.now() - notedAt < noteEvery) continue;
        const progress = await note();
        yield { step: 'reached', capture: current(room, capture), progress };
      } else {
        const report = lineOf(told.lane, told.report, plan);
        const position = finishPlace(told);
        await room.patiently(() => room.registry.noteReport(capture.id, position, report), untilNoted);
        if (isTrouble(report)) yield { step: 'troubled', capture: current(room, capture), file: report };
      }
    }
  } finally {
    await Promise.all(crews.map((crew) => crew?.close()));
    // Whoever walks away, or a full disk, leaves files that the coverage statement must not pass over.
    for (const lane of lanes) {
      for (const report of leftOver(lane)) {
        const position = lane.first + lane.reports.length;
        await room.patiently(
          () => room.registry.noteReport(capture.id, position, lineOf(lane, report, plan)),
          untilNoted,
        );
        lane.reports.push(report);
      }
    }
    await noteProgress(room, capture, lanes, file);
    await noteSpans();
  }
  // What tcpdump filters, or is unpacked, says nothing of how fast the rest is, and several rings nothing of one.
  const [crew] = crews;
  if (crews.length === 1 && crew?.alone && !stop.aborted && capture.ring !== null) {
    const { ring, id } = capture;
    const pace = { id, bytes: crew.read(), milliseconds: room.uptime() - began };
    await room.patiently(() => notePace(room.database, ring, pace), untilNoted);
  }
  const progress = await note();
  yield { step: 'reached', capture: current(room, capture), progress };
  const stoppedBy = room.registry.byId(capture.id)?.why;
  return stop.aborted
    ? { state: 'cancelled', why: stoppedBy ?? 'cancelled' }
    : { state: 'finished', why: searchedToItsEnd };
}

/** @returns whether the search is to go on */
async function noteProgress(
  room: Room,
  capture: Capture,
  lanes: readonly Lane[],
  file: ProcessingFile,
): Promise<boolean> {
  return room.patiently(() => room.registry.noteProgress(capture.id, progressOf(lanes), file.name()), untilNoted);
}

function current(room: Room, capture: Capture): Capture {
  return room.registry.byId(capture.id) ?? capture;
}
