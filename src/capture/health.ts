import type { Capture, CaptureId, Micros, Millis } from './capture.ts';

/** How a sensor is, in plain values: for whoever looks at it, and for what watches it. */
export interface Health {
  /** Bytes on the captures' volume: what is free, and the floor under it, below which no capture starts. Null where it cannot be looked at. */
  readonly disk: { readonly free: number; readonly floor: number } | null;
  /** Bytes that captures wrote in the last 24 hours. */
  readonly writtenPerDay: number;
  readonly drops: KernelDrops;
  /** In the order of the configuration. */
  readonly rings: readonly RingHealth[];
  /** Who looks after what runs; null is nobody. */
  readonly supervisor: { readonly pid: number; readonly isThisProcess: boolean } | null;
}

/** What the kernel dropped of the live captures that run, as far as tcpdump has said it by now. */
export interface KernelDrops {
  readonly live: number;
  /** Of how many of them it is known. */
  readonly counted: number;
  readonly dropping: readonly { readonly capture: CaptureId; readonly packets: number }[];
}

/** What a ring holds of the past, or why it cannot be looked into. */
export type RingHealth =
  | {
      readonly is: 'open';
      readonly ring: string;
      readonly at: Millis;
      readonly files: number;
      readonly bytes: number;
      /** How many of the files have a valid index. */
      readonly indexed: number;
      /** The oldest packet; null where no file with a packet was found. */
      readonly from: Micros | null;
      /** When a file with packets was last written to. */
      readonly writtenAt: Millis | null;
    }
  | { readonly is: 'closed'; readonly ring: string; readonly at: Millis; readonly why: string };

/** A logger on a quiet link writes at least this often: a broadcast a quarter of an hour is the least of networks. */
export const quiet: Millis = 15 * 60_000;

/** For how long a ring's logger has written nothing; null while that is usual. */
export function silentFor(writtenAt: Millis, now: Millis): Millis | null {
  const age = now - writtenAt;
  return age > quiet ? age : null;
}

/** Bytes that captures wrote in a stretch of time; each is taken to have grown evenly for as long as it ran. */
export function writtenBetween(
  captures: Iterable<Pick<Capture, 'startedAt' | 'endedAt' | 'bytes'>>,
  { from, to }: { readonly from: Millis; readonly to: Millis },
): number {
  let written = 0;
  for (const { startedAt, endedAt, bytes } of captures) {
    const ran = Math.max(1, (endedAt ?? to) - startedAt);
    const within = Math.min(endedAt ?? to, to) - Math.max(startedAt, from);
    written += (bytes ?? 0) * Math.min(1, Math.max(0, within) / ran);
  }
  return written;
}
