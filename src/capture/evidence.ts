import type { Capture, CaptureId, Millis, State } from './capture.ts';
import type { AuditEntry, ChainHead } from './orders.ts';
import type { Pinboard } from './pin.ts';

/** A complete savefile as the registry has it. */
export interface HeldSavefile {
  readonly capture: CaptureId;
  readonly analyst: string;
  /** The final name, without directory. */
  readonly savefile: string;
  readonly path: string;
  readonly endedAt: Millis;
  readonly bytes: number | null;
  readonly sha256: string | null;
}

/** What a savefile is now, against the registry. */
export type Finding =
  | { readonly finding: 'holds' }
  /** It had no digest, and has this one now. */
  | { readonly finding: 'hashed'; readonly sha256: string; readonly bytes: number }
  /** It is another file, or the same with other bytes: digest and size now. */
  | { readonly finding: 'changed'; readonly sha256: string; readonly bytes: number }
  | { readonly finding: 'vanished' }
  | { readonly finding: 'unreadable'; readonly why: string }
  | { readonly finding: 'no digest' };

/** What its sidecar says, against the registry. */
export type SidecarFinding =
  | { readonly sidecar: 'holds' }
  | { readonly sidecar: 'missing' }
  | { readonly sidecar: 'differs'; readonly keys: readonly string[] }
  | { readonly sidecar: 'unreadable'; readonly why: string };

/** One savefile verified. The sidecar is null where its savefile is gone, too. */
export interface Verified {
  readonly held: HeldSavefile;
  readonly finding: Finding;
  readonly sidecar: SidecarFinding | null;
}

/** Whether savefile and sidecar are as they should be. */
export function isSound({ finding: { finding }, sidecar }: Verified): boolean {
  return (finding === 'holds' || finding === 'hashed') && sidecar?.sidecar === 'holds';
}

/** How many savefiles met each finding, and how many sidecars do not hold. */
export interface VerifyTally {
  readonly findings: Readonly<Partial<Record<Finding['finding'], number>>>;
  readonly sidecars: number;
  /** Nothing is wrong with any of them. */
  readonly sound: boolean;
}

/** The steps of a verification: `reading` as a large savefile is read, `verified` once for each, the last is `ended`. */
export type VerifyStep =
  | { readonly step: 'reading'; readonly held: HeldSavefile; readonly bytesDone: number; readonly bytesTotal: number }
  | { readonly step: 'verified'; readonly verified: Verified }
  | { readonly step: 'ended'; readonly tally: VerifyTally };

/** Which savefiles to verify. */
export interface VerifyOrder {
  /** An id or a word; null is all. */
  readonly selector: string | null;
  /** Whether savefiles without a digest get one. */
  readonly hash: boolean;
}

/** What somebody needs to take a savefile off the sensor and to see that it arrived whole. */
export interface Fetchable {
  readonly held: HeldSavefile;
  /** The sensor's host name, as it knows itself. */
  readonly host: string;
  /** The person's login on the sensor; null where it is not known. */
  readonly login: string | null;
  readonly sidecar: string | null;
  readonly warnings: readonly string[];
}

/** A capture's savefiles for somebody who takes them away, oldest first. */
export interface Fetched {
  /** One at least. */
  readonly savefiles: readonly Fetchable[];
  /** Of the same capture, and not where the registry has them. */
  readonly vanished: readonly HeldSavefile[];
}

/** That a savefile is not where the registry has it, and who may know more. */
export function goneInWords({ capture, path }: HeldSavefile): string {
  return `a savefile of ${capture} is gone, and capture did not delete it: ${path}; was it moved? verify ${capture} puts on record that it is`;
}

/** What is wrong with the first entry of the audit log that does not fit. */
export interface BrokenEntry {
  readonly seq: number;
  readonly fault: 'missing' | 'foreign' | 'previous differs' | 'hash differs' | 'unreadable' | 'not as witnessed';
  readonly detail: string;
}

/** The steps of a walk along the audit log's hash chain; the last is `ended`. */
export type ChainStep =
  | { readonly step: 'reached'; readonly entries: number; readonly last: number }
  | {
      readonly step: 'ended';
      /** Entries that fit, from the first on. */
      readonly entries: number;
      /** The last entry that fits. */
      readonly head: ChainHead;
      readonly broken: BrokenEntry | null;
      /** Triggers that refuse changes of the log, and that somebody has removed. */
      readonly unguarded: readonly string[];
    };

/** How a walk along the audit log's hash chain ended. */
export type ChainEnd = Extract<ChainStep, { step: 'ended' }>;

/**
 * Why a savefile may not be what its digest was made of, without a byte of it being read: its entry in the directory is gone, has another
 * size, was written to since; or the last look at it found it so.
 */
export type Doubt = 'vanished' | 'other size' | 'written to since' | 'changed' | 'unreadable';

export interface DoubtfulSavefile {
  readonly held: HeldSavefile;
  readonly doubt: Doubt;
}

/** What a day held, for a report: every capture that ran in it and every audit entry written in it; and how evidence stands now. */
export interface Day {
  readonly captures: readonly Capture[];
  readonly entries: readonly AuditEntry[];
  readonly head: ChainHead;
  /** The audit log's hash chain, walked from the first entry on. */
  readonly chain: Pick<ChainEnd, 'entries' | 'broken' | 'unguarded'>;
  readonly doubtful: readonly DoubtfulSavefile[];
  /** Of these captures, whose savefile retention has deleted since. */
  readonly deleted: readonly CaptureId[];
  /** Bytes free on the captures' volume now, and how many must stay free. */
  readonly disk: { readonly free: number; readonly floor: number };
  /** What is pinned now. */
  readonly pinned: Pinboard;
}

/** A savefile that retention deleted. */
export interface Deletion {
  readonly at: Millis;
  readonly why: string;
}

/** What retention did in one pass. */
export interface Retained {
  readonly deleted: readonly HeldSavefile[];
  /** Savefiles whose time had come and that were left, each with why. */
  readonly left: readonly { readonly held: HeldSavefile; readonly why: string }[];
}

/** How the audit log stands with syslog. */
export interface Shipping {
  /** Every entry up to this one was handed over. */
  readonly shipped: number;
  readonly waiting: number;
  /** When the oldest entry that waits was written. */
  readonly since: Millis | null;
  /** Why the last attempt failed. */
  readonly trouble: string | null;
}

/** What can be counted of an installation at this moment, of all captures that there ever were. */
export interface Measured {
  readonly captures: readonly { readonly kind: Capture['kind']; readonly state: State; readonly count: number }[];
  /** Packets; of what runs as far as tcpdump said, once a minute. */
  readonly droppedByKernel: number;
  /** Bytes of ring files that searches are through with. */
  readonly searchedBytes: number;
  /** Who looks after what runs. */
  readonly supervisor: 'nobody' | 'this process' | 'another process';
  /** On the captures' volume. */
  readonly freeBytes: number;
}
