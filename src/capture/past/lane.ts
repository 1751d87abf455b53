import {
  type Millis,
  notBegun,
  type RingFileReport,
  type RingSpan,
  type SearchProgress,
  type Window,
} from '../capture.ts';
import { cutShort } from './ending.ts';
import { scanWhereItIs } from './pinned.ts';
import type { Plan, RingPlan } from './plan.ts';
import { beginning, fileDone, further, together } from './progress.ts';
import type { Planned, RingFile } from './ring.ts';
import type { Scanned } from './scan.ts';
import { ringSpanOf } from './span.ts';
import { unread } from './unread.ts';

/** One ring of a search, and how far it is. */
export interface Lane {
  readonly plan: RingPlan;
  /** The place of its first file in the search's coverage statement. */
  readonly first: number;
  progress: SearchProgress;
  /** After the last file that is done with. */
  whole: SearchProgress;
  /** Packets of this ring that are in the savefile: never fewer than its scans have said. */
  appended: number;
  /** Of the places that are done with, in their order. */
  readonly reports: RingFileReport[];
}

/** What the scan of a ring says: that it is further in a file, or done with the next place of its plan. */
export type Told =
  | { readonly lane: Lane; readonly says: 'further' }
  | { readonly lane: Lane; readonly says: 'done'; readonly place: Planned; readonly report: RingFileReport };

/** A lane for each ring, before its first file. */
export function lanesOf(rings: readonly RingPlan[]): Lane[] {
  let first = 0;
  return rings.map((plan) => {
    const progress = beginning(plan.places);
    const lane = { plan, first, progress, whole: progress, appended: 0, reports: [] };
    first += plan.places.length;
    return lane;
  });
}

/** How far all of them are; the packets are those in the savefile. */
export function progressOf(lanes: readonly Lane[]): SearchProgress {
  return together(lanes.map(({ progress, appended }) => ({ ...progress, packets: appended })));
}

/** What each ring held of a window. @param at when they were looked at */
export function spansOf(lanes: readonly Lane[], window: Window, at: Millis): RingSpan[] {
  return lanes.map(({ plan: { ring, behindTags, places }, reports }) => {
    return { ring, behindTags, ...ringSpanOf(places, reports, window, at) };
  });
}

/** Scans the files of a ring, one after the other; how far it is in one is in its lane before it is said. */
export async function* scanPlaces(
  lane: Lane,
  scan: (file: RingFile) => AsyncGenerator<Scanned, RingFileReport>,
  stop: AbortSignal,
): AsyncGenerator<Told> {
  for (const place of lane.plan.places) {
    if ('report' in place) {
      yield { lane, says: 'done', place, report: place.report };
      continue;
    }
    const { search: file } = place;
    let report = unread(file.name, 'not searched', notBegun.cancelled, file.firstAt);
    if (!stop.aborted) {
      const scanning = scanWhereItIs(file, scan);
      try {
        let step = await scanning.next();
        for (; step.done !== true; step = await scanning.next()) {
          // A file that still grows counts with the size it had in the plan.
          const bytes = Math.min(step.value.bytes, file.size);
          lane.progress = further(lane.whole, { ...step.value, bytes });
          yield { lane, says: 'further' };
        }
        report = step.value;
      } finally {
        await scanning.return(report);
      }
    }
    yield { lane, says: 'done', place, report };
  }
}

/** Notes in its lane that a scan is done with a place; the line of the coverage statement that this is. */
export function finishPlace({ lane, place, report }: Extract<Told, { says: 'done' }>): number {
  if ('search' in place) lane.progress = fileDone(lane.whole, place.search, report);
  lane.whole = lane.progress;
  return lane.first + lane.reports.push(report) - 1;
}

/** The lines of the places that a search ended before, that of the file that it was in the middle of first. */
export function leftOver({ plan, reports, progress, whole, appended }: Lane): RingFileReport[] {
  const packets = appended - whole.packets;
  return plan.places.slice(reports.length).map((place, at) => {
    const begun =
      at === 0 && (progress !== whole || packets > 0) ? { packets, to: progress.reached, detail: cutShort } : {};
    return { ...leftOut(place), ...begun };
  });
}

function leftOut(place: Planned): RingFileReport {
  if ('report' in place) return place.report;
  return unread(place.search.name, 'not searched', notBegun.ended, place.search.firstAt);
}

/** A line of the coverage statement: with its ring where there are several. */
export function lineOf({ plan }: Lane, report: RingFileReport, { rings }: Plan): RingFileReport {
  return rings.length === 1 ? report : { ring: plan.ring, ...report };
}
