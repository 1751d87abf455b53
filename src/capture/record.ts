import type { RequestId } from './approval.ts';
import type { Capture, Counts, Facts, HostList, JoinedPart, Millis } from './capture.ts';
import type { JoinNumber } from './joins.ts';

/** A capture before it has a number. */
export type NewCapture = Pick<
  Capture,
  | 'kind'
  | 'analyst'
  | 'orderedBy'
  | 'description'
  | 'expression'
  | 'case'
  | 'interface'
  | 'ring'
  | 'window'
  | 'snaplen'
  | 'savefile'
  | 'channel'
  | 'startedAt'
  | 'expanded'
  | 'keep'
> & {
  /** A live one begins as `starting`, and so does a search that waits before it reads. */
  readonly state: 'starting' | 'running';
  /** The name of the file now. */
  readonly file: string;
  readonly deadline: Deadline | null;
  readonly maxBytes: number | null;
  readonly maxPackets: number | null;
  readonly hosts: WholeHostList | null;
  /** The join that its savefile is a part of. */
  readonly partOf?: JoinNumber | undefined;
  readonly joined?: readonly JoinedPart[];
  /** Who approved it, and the request that it is started for. */
  readonly approval?: Approval | undefined;
};

/** That a second person has approved what is about to start. */
export interface Approval {
  readonly request: RequestId;
  readonly by: string;
}

/** A list of hosts with all its addresses and nets. */
export interface WholeHostList extends HostList {
  readonly nets: readonly string[];
}

/** When a capture ends by itself: by the clock on the wall, and by the uptime of this boot, which nobody sets back. */
export interface Deadline {
  readonly at: Millis;
  readonly uptime: Millis;
  readonly boot: string;
}

/** How a capture ended. */
export interface Ending {
  readonly state: 'stopped' | 'finished' | 'cancelled' | 'died' | 'failed';
  readonly why: string;
  readonly endedAt: Millis;
  readonly counts: Counts | null;
  readonly facts: Facts | null;
  readonly sha256: string | null;
}

/** The processes behind an open capture: who takes care of it, and the tcpdump that captures. */
export interface Processes {
  readonly owner: string;
  readonly tcpdump: string | null;
  /** How it will have ended, once that is known. */
  readonly ending: Ending['state'] | null;
  /** When it ended, or its savefile of before a reboot did, once that is fixed. */
  readonly endingAt: Millis | null;
}

/** How a capture is to end, as whoever claims that ending says it. */
export interface Claim {
  readonly ending: 'stopped' | 'finished' | 'died';
  readonly why: string;
  /** The deadline that was seen, where it ends for that: one that was moved since is none. */
  readonly deadline?: Millis | undefined;
}
