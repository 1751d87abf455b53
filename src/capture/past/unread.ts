import type { Micros, RingFileOutcome, RingFileReport } from '../capture.ts';

/** A line of the coverage statement about a file that was not searched. */
export function unread(
  file: string,
  outcome: RingFileOutcome,
  detail: string | null,
  from: Micros | null = null,
): RingFileReport {
  return { file, outcome, from, to: null, packets: 0, detail };
}
