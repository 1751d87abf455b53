import type { Capture, SearchProgress, Window } from '../../capture/capture.ts';
import { dropsInWords, dropsOf } from '../../reports/drops.ts';
import { count, counted, size, utcOf } from '../../reports/figures.ts';

/** Packets, bytes and, always beside a count, what the kernel dropped. */
export function numbers(capture: Capture): string {
  const bytes = capture.bytes === null ? 'size unknown' : size(capture.bytes);
  const drops = dropsOf(capture);
  const dropped = dropsInWords(capture);
  const alarm = drops.seen === 'some' || drops.seen === 'never' ? '⚠️ ' : '';
  if (capture.packets === null && drops.seen === 'not yet') return `${bytes} so far`;
  const packets = capture.packets === null ? 'packets not counted' : counted(capture.packets, 'packet');
  return [packets, bytes, ...(dropped === null ? [] : [alarm + dropped])].join(' · ');
}

/** How far a search is, a line each: where in time, how much of the ring, how many packets. */
export function progressLines(progress: SearchProgress): string[] {
  return [
    progress.reached === null ? 'Not at the first packet yet' : `Reached ${utcOf(progress.reached)}`,
    `${count(progress.filesDone)} of ${counted(progress.filesTotal, 'ring file')}, ${size(progress.bytesDone)} of ${size(progress.bytesTotal)}`,
    `${counted(progress.packets, 'packet')} matched so far`,
  ];
}

/** A search's window in literal UTC. */
export function windowInWords(window: Window | null): string {
  const since = window?.since ?? null;
  const until = window?.until ?? null;
  if (since === null && until === null) return 'all that the ring holds';
  if (until === null) return `since ${utcOf(since ?? 0)}`;
  if (since === null) return `up to ${utcOf(until)}`;
  return `${utcOf(since)} to ${utcOf(until)}`;
}
