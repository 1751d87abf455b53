import type { Program } from '../../bpf.ts';
import type { Micros, RingFileReport, Window } from '../../capture.ts';
import type { PcapHeader } from '../../savefile.ts';
import type { HostProgram } from '../filter/hosts.ts';
import type { RingFile } from '../ring.ts';

/** What a thread is told first: it is started before that is known. */
export interface ThreadOrder {
  readonly program: Program;
  /** Of which a packet must pass one as well; null where there is no list of hosts. */
  readonly hosts: readonly HostProgram[] | null;
  readonly window: Window;
  /** Of what it gives. */
  readonly precision: PcapHeader['precision'];
  /** Of all files. */
  readonly linktype: number;
  /** Where indexes of ring files are kept. */
  readonly indexes: string;
}

/** A ring file to scan, by its place in the plan. */
export interface Task {
  readonly place: number;
  readonly file: RingFile;
}

/** What a thread says of a file: its matches as they come, then its line of the coverage statement. */
export type Said =
  | {
      readonly place: number;
      readonly says: 'matched';
      /** Bytes of whole records, as tcpdump writes them, in the next slot; 0 where no slot was filled. */
      readonly length: number;
      /** So many are in it. */
      readonly packets: number;
      /** Bytes of the file read so far. */
      readonly bytes: number;
      readonly reached: Micros | null;
    }
  | {
      readonly place: number;
      readonly says: 'ended';
      readonly report: RingFileReport;
      /** Bytes that were read for it: with an index fewer than the file has. */
      readonly read: number;
    };

/**
 * Of a search, whatever it reads: what is read at the disk's speed by two is read no faster by many, and the logger needs a processor, too.
 */
export const mostThreads = 4;
