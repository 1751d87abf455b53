import { type Capture, isOpen, type Micros, ringsOf, type SearchProgress } from '../../capture/capture.ts';
import { filesMissed } from '../../reports/coverage.ts';
import { count, counted, size, utcOf } from '../../reports/figures.ts';
import { dropsInWords, dropsOf, holesInWords } from '../../reports/holes.ts';
import { notHeld } from '../../reports/span.ts';

/** Packets, bytes and, always beside a count, what the kernel dropped; of a search under way what it matched so far. */
export function numbers(capture: Capture): string {
  if (capture.joined !== null && isOpen(capture.state)) return `${sizeOf(capture)} so far`;
  if (capture.kind === 'past' && isOpen(capture.state)) {
    return `${counted(capture.progress?.packets ?? 0, 'packet')} matched so far`;
  }
  const drops = dropsOf(capture);
  const isEmpty = hasNothingYet(capture);
  if (capture.packets === null && drops.seen === 'not yet')
    return isEmpty ? 'no packets yet' : `${sizeOf(capture)} so far`;
  const uncounted = isEmpty ? 'no packets yet' : 'packets not counted';
  const packets = capture.packets === null ? uncounted : counted(capture.packets, 'packet');
  const dropped = dropsInWords(capture);
  const holes = holesInWords(capture);
  const fine = dropped === null || holes.includes(dropped) ? [] : [dropped];
  return [packets, ...(isEmpty ? [] : [sizeOf(capture)]), ...fine, ...holes.map((hole) => `⚠️ ${hole}`)].join(' · ');
}

/** What stands under a headline that has ended. A search's headline says already how many packets; here is from how much of the ring. */
export function result(capture: Capture): string {
  if (capture.kind === 'live') return numbers(capture);
  if (capture.coverage === null) return sizeOf(capture);
  const missed = filesMissed(capture.coverage);
  const whole = (capture.coverage.searched ?? 0) + (capture.coverage.cut ?? 0);
  const gaps = missed === 0 ? '' : `, ⚠️ ${count(missed)} not or not wholly`;
  const held =
    notHeld(capture).length === 0
      ? ''
      : `, ⚠️ the ${ringsOf(capture).length > 1 ? 'rings do' : 'ring does'} not hold all of the window`;
  return `${sizeOf(capture)} · ${counted(whole, 'ring file')} searched${gaps}${held}`;
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
export function windowInWords(capture: Pick<Capture, 'ring' | 'window'>): string {
  const { window } = capture;
  const since = window?.since ?? null;
  const until = window?.until ?? null;
  if (since !== null && until !== null) return span(since, until);
  if (since !== null) return `since ${utcOf(since)}`;
  return until === null
    ? `all that the ring${ringsOf(capture).length > 1 ? 's hold' : ' holds'}`
    : `up to ${utcOf(until)}`;
}

/** From one packet's time to another's, the date said once where it is the same. */
export function span(from: Micros, to: Micros): string {
  const [first, last] = [utcOf(from), utcOf(to)];
  const date = first.slice(0, 11);
  return last.startsWith(date) ? `${first.replace(' UTC', '')} to ${last.slice(11)}` : `${first} to ${last}`;
}

/** Nothing but the header of a savefile (pcap-savefile(5): 24 bytes). */
const headerBytes = 24;

function hasNothingYet({ kind, state, bytes, earlier }: Capture): boolean {
  return kind === 'live' && isOpen(state) && earlier.length === 0 && bytes !== null && bytes <= headerBytes;
}

function sizeOf(capture: Capture): string {
  return capture.bytes === null ? 'size unknown' : size(capture.bytes);
}
