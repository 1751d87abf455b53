import type { Origin } from './analyst.ts';
import type { Capture, Micros, Millis, RingFileReport, SearchProgress, Window } from './capture.ts';

/** What a live capture is asked to be. */
export interface StartOrder {
  readonly description: string;
  readonly expression: string;
  /** The configuration's first interface where it is left out. */
  readonly interface?: string | undefined;
  readonly snaplen?: number | undefined;
  /** How long it runs, milliseconds; the configuration's limit where it is left out. */
  readonly duration?: Millis | undefined;
  /** How large it grows, bytes; the configuration's limit where it is left out. */
  readonly maxBytes?: number | undefined;
  readonly packets?: number | undefined;
  /** Started again after a reboot. */
  readonly keep?: boolean | undefined;
  /** The expression as typed: no expansion for VLAN tags. */
  readonly exact?: boolean | undefined;
  readonly case?: string | undefined;
  /** Set by the engine: the join that its savefile is a part of. */
  readonly partOf?: number | undefined;
  /** The analyst whose capture it is, where a lead acts for somebody else. */
  readonly analyst?: string | undefined;
}

/** What a search of the past is asked to find. */
export interface SearchOrder {
  readonly description: string;
  readonly expression: string;
  readonly window: Window;
  /** Whose results are merged in time order; the configuration's first ring where they are left out. */
  readonly rings?: readonly string[] | undefined;
  /** Addresses and nets, of which a packet must have one as well: as `host` and `net` of pcap-filter mean it. */
  readonly hosts?: readonly string[] | undefined;
  /** The expression as typed: no expansion for VLAN tags. */
  readonly exact?: boolean | undefined;
  readonly case?: string | undefined;
  readonly analyst?: string | undefined;
  /** One further savefile of all packets, where the ring holds several linktypes and so makes several. */
  readonly join?: boolean | undefined;
  /** Set by the engine: the join that its savefiles are parts of. */
  readonly partOf?: number | undefined;
  /** Searched however much it reads: nobody is asked before. */
  readonly confirmed?: boolean | undefined;
}

/** A live capture, and a search of what its interface's ring holds from before it. */
export interface BothOrder extends StartOrder {
  /** From when on the ring is searched; null: all that it holds. */
  readonly since: Micros | null;
  /** The first ring of the interface where it is left out. */
  readonly ring?: string | undefined;
  /** One further savefile of all packets, once both have ended. */
  readonly join?: boolean | undefined;
  /** As of a search. */
  readonly confirmed?: boolean | undefined;
}

/** A search that was asked for, by which verb. */
export type AskedSearch =
  | { readonly verb: 'search'; readonly order: SearchOrder }
  | { readonly verb: 'both'; readonly order: BothOrder };

/** Which captures: an id (`c12`), or a word matched against analyst, description, expression and case. */
export interface Selection {
  readonly selector?: string | undefined;
  /** Ended ones too; without it only what runs. */
  readonly all: boolean;
}

/** What runs and what ended last, newest first. */
export interface Standing {
  readonly open: readonly Capture[];
  readonly ended: readonly Capture[];
  /** Of the last change of any capture: what changed since is asked for by it. */
  readonly version: number;
}

/** A capture or a search that runs, and what the analyst should know about it. */
export interface Started {
  readonly capture: Capture;
  readonly warnings: readonly string[];
}

/**
 * The steps of a search. The first is `planned`, with what the analyst should know of it, the last `ended`; the capture is as the registry
 * has it at that step. Where the ring holds several linktypes the steps come again for each, of another capture. `waiting` comes before them where the search meets a live capture: the ring's logger has not written all yet.
 */
export type SearchStep =
  | { readonly step: 'waiting'; readonly capture: Capture }
  | { readonly step: 'planned'; readonly capture: Capture; readonly warnings: readonly string[] }
  | { readonly step: 'reached'; readonly capture: Capture; readonly progress: SearchProgress }
  | { readonly step: 'troubled'; readonly capture: Capture; readonly file: RingFileReport }
  | { readonly step: 'ended'; readonly capture: Capture }
  | JoinStep;

/**
 * What comes after all others where a joined savefile was asked for: its own capture, ended in whatever state; or, with one of the order's
 * captures, why there is none, or none yet.
 */
export type JoinStep =
  | { readonly step: 'joined'; readonly capture: Capture }
  | { readonly step: 'not joined'; readonly capture: Capture; readonly why: string };

/** Which ring is to be indexed; all of them where none is named. */
export interface IndexOrder {
  readonly ring?: string | undefined;
}

/** How much of a ring is indexed: files and bytes of those that have an index, and of their indexes. */
export interface RingIndexed {
  readonly ring: string;
  readonly files: number;
  readonly indexed: number;
  readonly bytes: number;
  readonly indexBytes: number;
}

/** The steps of an indexing; the last is `ended`, with the bytes that were read for it. */
export type IndexStep =
  | {
      readonly step: 'indexed';
      readonly ring: string;
      readonly file: string;
      readonly bytes: number;
      readonly indexBytes: number;
    }
  | { readonly step: 'left out'; readonly ring: string; readonly file: string; readonly why: string }
  | {
      readonly step: 'ended';
      readonly rings: readonly RingIndexed[];
      readonly read: number;
      readonly milliseconds: number;
    };

/** The steps of both: first the live capture runs, then the ring is searched. */
export type BothStep = ({ readonly step: 'started' } & Started) | SearchStep;

/**
 * What an entry of the audit log records. An order is `asked`, and then: `done`; `refused`, where the person was not allowed, or a limit of the configuration did not let them;
 * `invalid`, where the words could not be carried out as given; `failed`, where a tool, the disk or we did; `unknown`, where the
 * process was gone before it could say. `noted` is what the engine saw by itself.
 */
export type AuditOutcome = 'asked' | 'done' | 'refused' | 'invalid' | 'failed' | 'unknown' | 'noted';

/** An entry of the audit log; entries are only ever appended, each with the hash of the one before. */
export interface AuditEntry {
  readonly seq: number;
  readonly at: Millis;
  readonly outcome: AuditOutcome;
  /** The `asked` entry that this one settles. */
  readonly settles: number | null;
  readonly verb: string;
  /** The analyst; null for a stranger and for the engine itself. */
  readonly analyst: string | null;
  /** Whose capture it is, where that is somebody else. */
  readonly actingFor: string | null;
  readonly origin: Origin;
  readonly words: string;
  readonly capture: string | null;
  readonly detail: string | null;
  readonly hash: string;
}

export interface AuditQuery {
  readonly analyst?: string | undefined;
  readonly since?: Millis | undefined;
  readonly until?: Millis | undefined;
  /** Newest ones, at most; all where it is left out. */
  readonly last?: number | undefined;
}

/** The last entry's number and hash: who keeps it elsewhere can later prove that the log up to there is unchanged. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}

/** A head as `audit verify --head` takes it: `12:5f..`. */
export function headInWords({ seq, hash }: ChainHead): string {
  return `${seq}:${hash}`;
}

/** A person's order that did not come as far as an act. */
export interface Attempt {
  readonly verb: string;
  /** Null for a stranger. */
  readonly analyst: string | null;
  readonly origin: Origin;
  readonly words: string;
}

/** An order whose door ended before it could say what came of it. */
export interface Interrupted {
  readonly origin: Extract<Origin, { door: 'slack' }>;
  /** As the audit log has them; null where the door does not know. */
  readonly words: string | null;
  readonly since: Millis;
}

/** What came of it, as far as audit log and registry know. */
export interface Aftermath {
  /** The newest word of the audit log; null when nothing was asked, and so nothing done. */
  readonly outcome: AuditOutcome | null;
  readonly detail: string | null;
  /** The captures that it made or ended; of one whose outcome is unknown, those that its person has begun since. */
  readonly captures: readonly Capture[];
  /** The live capture of an order for both whose search was never begun; null for all others. */
  readonly unsearched: Capture | null;
}
