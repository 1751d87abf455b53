import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Program } from '../../bpf.ts';
import type { Window } from '../../capture.ts';
import type { HostProgram } from '../filter/hosts.ts';

/** What the thread is given: which files, and what is sought in them. */
export interface RemainingOrder {
  readonly program: Program;
  /** Of which a packet must pass one as well; null where there is no list of hosts. */
  readonly hosts: readonly HostProgram[] | null;
  readonly linktype: number;
  readonly window: Window;
  /** Where indexes of ring files are kept. */
  readonly indexes: string;
  /** Sizes in bytes, as they were planned. */
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

/** What of a ring file lies in the window, and what of that is left to be read, bytes. */
export interface Remaining {
  readonly indexed: boolean;
  readonly bytes: number;
  readonly toRead: number;
}

/** Looks up what the indexes leave of ring files, in a thread of its own: a file for each, in the order given. */
export async function remainingOf(order: RemainingOrder): Promise<readonly Remaining[]> {
  if (order.files.length === 0) return [];
  const worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData: order });
  try {
    const [remaining]: Remaining[][] = await once(worker, 'message');
    return remaining ?? [];
  } finally {
    await worker.terminate();
  }
}
