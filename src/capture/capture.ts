import type { Analyst } from './analyst.ts';

/** Milliseconds since the epoch: when something was done. */
export type Millis = number;
/** Microseconds since the epoch: when a packet was seen. Exact in a double until the year 2255. */
export type Micros = number;

export type CaptureId = `c${number}`;
export type Kind = 'live' | 'past';
export type State = 'starting' | 'running' | 'stopping' | 'stopped' | 'finished' | 'cancelled' | 'died' | 'failed';

/** tcpdump's own closing counts; null where tcpdump never said them (it was killed). */
export interface Counts {
  readonly captured: number | null;
  readonly receivedByFilter: number | null;
  readonly droppedByKernel: number | null;
}

/** What capinfos tells of a savefile, read from the file itself. */
export interface Facts {
  readonly packets: number;
  readonly fileBytes: number;
  /** Sum of the packets' lengths on the wire. */
  readonly dataBytes: number;
  readonly firstAt: Micros | null;
  readonly lastAt: Micros | null;
  /** Null where it holds several, as a joined one may: such a file is a pcapng. */
  readonly linktype: number | null;
  readonly snaplen: number;
  readonly precision: 'microseconds' | 'nanoseconds';
  /** Offset of a last record that is not whole; null when the file ends as it should. */
  readonly cutAt: number | null;
}

/** How far a search is. Bytes are of ring files inside the window. */
export interface SearchProgress {
  readonly filesDone: number;
  readonly filesTotal: number;
  readonly bytesDone: number;
  readonly bytesTotal: number;
  /** Time of the newest packet looked at, null before the first. */
  readonly reached: Micros | null;
  /** Packets matched so far. */
  readonly packets: number;
}

export interface Window {
  readonly since: Micros | null;
  readonly until: Micros | null;
}

/** What became of one ring file in a search. */
export type RingFileOutcome =
  | 'searched'
  | 'outside window'
  | 'empty'
  | 'cut'
  | 'damaged'
  | 'pruned'
  | 'unreadable'
  | 'other linktype'
  | 'not searched';

/** How many ring files met each outcome. */
export type Tally = Readonly<Partial<Record<RingFileOutcome, number>>>;

/** A line of the coverage statement: one ring file, what became of it and the time it covered. */
export interface RingFileReport {
  /** The ring that it is in; left out where one ring was searched. */
  readonly ring?: string | undefined;
  readonly file: string;
  readonly outcome: RingFileOutcome;
  readonly from: Micros | null;
  readonly to: Micros | null;
  readonly packets: number;
  /** Why, where the outcome alone does not say it: `damaged at offset 4711`. */
  readonly detail: string | null;
}

/** The detail of a ring file that a search did not come to, because it was cancelled or ended otherwise. */
export const notBegun = { cancelled: 'cancelled before it', ended: 'the search ended before it' } as const;

/** What a ring held when it was searched: what is not in it no search finds. */
export interface RingSpan {
  readonly ring: string;
  /** Whether the expression was matched behind VLAN tags in it, too, for it has some. */
  readonly behindTags: boolean;
  /** When it was looked at. */
  readonly at: Millis;
  /** The oldest packet; null where there is none. */
  readonly from: Micros | null;
  /** The newest packet; null where its file was not read to the end. */
  readonly to: Micros | null;
  /** When a file with packets was last written to. */
  readonly writtenAt: Millis | null;
  /** Where the window has a hole: from a file's last packet to the next file's first. */
  readonly holes: readonly { readonly from: Micros; readonly to: Micros }[];
  /** Gaps between files that are no longer than this are usual in this ring. */
  readonly holesOver: Millis;
}

/** A list of hosts that a search looked for, in short: the registry and the sidecar have all of it. */
export interface HostList {
  readonly entries: number;
  /** Of its addresses and nets in canonical form, sorted, one a line. */
  readonly sha256: string;
  /** Whether they were looked for behind VLAN tags, too. */
  readonly behindTags: boolean;
}

/** What a capture may take before it ends by itself; null is without limit. A search has none. */
export interface Limits {
  readonly deadline: Millis | null;
  readonly bytes: number | null;
  readonly packets: number | null;
  /** Its deadline is near, and whoever follows it was asked whether to go on. */
  readonly near: boolean;
}

/** A savefile that was complete before the capture was started again. */
export interface EarlierSavefile {
  readonly savefile: string;
  readonly endedAt: Millis;
  readonly why: string;
  readonly bytes: number | null;
  readonly packets: number | null;
  readonly counts: Counts | null;
  readonly facts: Facts | null;
  readonly sha256: string | null;
}

/** What is to become, or became, of the joined savefile that a capture's order asked for. */
export type Join =
  /** It is made once every capture of the order has ended. */
  | { readonly join: 'awaited' }
  | { readonly join: 'into'; readonly capture: CaptureId }
  | { readonly join: 'none'; readonly why: string };

/** A savefile that a joined one is made of, as it was then. */
export interface JoinedPart {
  readonly capture: CaptureId;
  readonly savefile: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly packets: number;
}

/** A live capture, a search of the past, or a savefile joined of theirs (a `past` one, too), as the registry knows it: plain values only. */
export interface Capture {
  readonly id: CaptureId;
  readonly kind: Kind;
  readonly state: State;
  readonly analyst: string;
  /** The person who gave the order; differs from analyst only when a lead acted for somebody. */
  readonly orderedBy: string;
  /** The second person, where the configuration asks for one before it starts. */
  readonly approvedBy: string | null;
  readonly description: string;
  readonly expression: string;
  readonly case: string | null;
  readonly interface: string | null;
  /** The rings of a search, as `--ring` takes them: `dmz`, or `dmz,lan`. */
  readonly ring: string | null;
  readonly window: Window | null;
  readonly snaplen: number;
  /** The expression that libpcap got, where VLAN tags on the interface made it another than the typed one. */
  readonly expanded: string | null;
  /** The list that its packets must have a host of, besides matching the expression; null where there is none. */
  readonly hosts: HostList | null;
  readonly limits: Limits;
  /** Started again after a reboot, as a further savefile. */
  readonly keep: boolean;
  /** Savefiles from before a reboot, oldest first. */
  readonly earlier: readonly EarlierSavefile[];
  /** The final name, without directory. */
  readonly savefile: string;
  /** Where the packets are now: differs from the savefile's place only while a search runs. */
  readonly path: string;
  /** Slack channel of the order. */
  readonly channel: string | null;
  readonly startedAt: Millis;
  readonly endedAt: Millis | null;
  /** Why it ended, in words. */
  readonly why: string | null;
  readonly bytes: number | null;
  readonly packets: number | null;
  readonly counts: Counts | null;
  readonly sha256: string | null;
  readonly facts: Facts | null;
  readonly progress: SearchProgress | null;
  /** How many ring files met each outcome; null for a live capture and before the plan is made. */
  readonly coverage: Tally | null;
  /** The same of each ring by its name; null where one ring is searched. */
  readonly coverageByRing: Readonly<Record<string, Tally>> | null;
  /** What each ring held, in the order in which they were named; none for a live capture and before the plan is made. */
  readonly ringSpans: readonly RingSpan[];
  /** The joined savefile that it is a part of; null where none was asked for. */
  readonly join: Join | null;
  /** What it is joined of; null for all that were captured or searched for. */
  readonly joined: readonly JoinedPart[] | null;
  /** Grows with every change of any capture: who remembers it can ask what changed since. */
  readonly version: number;
}

/** Rings as `--ring` takes them and the registry keeps them: no name of a ring has a comma. */
export function joinedRings(names: readonly string[]): string {
  return names.join(',');
}

/** The names of the rings of a search. */
export function ringsOf({ ring }: Pick<Capture, 'ring'>): string[] {
  return ring?.split(',') ?? [];
}

/** Why a search ended that nobody and nothing ended: it needs no telling. */
export const searchedToItsEnd = 'searched to its end';

/** The states' table: what each state allows. Ask it, not the state. */
export const may = {
  stop: isStoppable,
  end: (capture: Capture) => isOpen(capture.state),
  extend: (capture: Capture) => isStoppable(capture) && capture.kind === 'live' && capture.limits.deadline !== null,
  fetch: (capture: Capture) => !isOpen(capture.state) && capture.state !== 'failed',
} as const;

function isStoppable({ state }: Capture): boolean {
  return state === 'starting' || state === 'running';
}

/** Whether a capture in this state still has something to do. */
export function isOpen(state: State): boolean {
  switch (state) {
    case 'starting':
    case 'running':
    case 'stopping':
      return true;
    case 'stopped':
    case 'finished':
    case 'cancelled':
    case 'died':
    case 'failed':
      return false;
    default:
      return state satisfies never;
  }
}

/** Why a capture ended that somebody stopped. */
export function stoppedBy(name: string): string {
  return `stopped by ${name}`;
}

/** Whether it ended because this person stopped it, and nothing and nobody else was first. */
export function wasStoppedBy({ why }: Capture, name: string): boolean {
  return why === stoppedBy(name) || why?.startsWith(`${stoppedBy(name)}; `) === true;
}

/** Whether a capture is somebody's: made for them, or by their order. */
export function isOf(capture: Pick<Capture, 'analyst' | 'orderedBy'>, name: string): boolean {
  return capture.analyst === name || capture.orderedBy === name;
}

/** Whether the person may stop it: an analyst their own, a lead anyone's. */
export function mayStop(analyst: Analyst, capture: Capture): boolean {
  if (analyst.role === 'lead') return true;
  return analyst.role === 'analyst' && isOf(capture, analyst.name);
}
