import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { RingFileReport } from '../../capture.ts';
import type { RecordFormat } from '../../savefile.ts';
import { judge } from '../filter/judge.ts';
import { isScannable } from '../filter/scannable.ts';
import { ownRecords, type Twins } from '../joint.ts';
import type { RingFile } from '../ring.ts';
import type { Append, Scanned, Selection } from '../scan.ts';
import type { Said, Task, ThreadOrder } from './messages.ts';
import { makeSlots, type Taker, takerOf } from './slots.ts';

/** Threads that scan the files of a search side by side, while what they find is taken in the order of the plan. */
export interface Crew {
  /**
   * What a thread finds in a file, appended as it comes; undefined for a file that is left to tcpdump. Files are to be asked for in the order
   * of the plan. Throws what `append` throws.
   */
  scan(file: RingFile, append: Append): AsyncGenerator<Scanned, RingFileReport> | undefined;
  /** Ends the threads, wherever they are. */
  close(): Promise<void>;
}

/** What of the files is wanted. */
export type Wanted = Omit<ThreadOrder, 'hosts'> & Pick<Selection, 'twins' | 'hosts'>;

/** From so many bytes on, more than one thread is worth its start. */
const worthTwo = 1.5e9;
/** What is read at the disk's speed by two is read no faster by many, and the logger needs a processor, too. */
const mostThreads = 4;
/** So many files are with a thread at a time: it goes on with the next while its report of the last travels. */
const inHand = 2;

/**
 * Starts the threads for those of the files that the scanner reads as tcpdump would; undefined where there is none, or the program is not to be
 * translated.
 * @param files in the order of the plan
 * @param first one that was started before there was a plan
 */
export function openCrew(
  files: readonly RingFile[],
  { program, hosts, window, precision, linktype, indexes, twins }: Wanted,
  signal: AbortSignal,
  first: Thread,
): Crew | undefined {
  if (!judge(program).translatable) return undefined;
  const scannable = files.filter(({ header, packing }) => packing === null && isScannable(header).scannable);
  if (scannable.length === 0) return undefined;
  const bytes = scannable.reduce((sum, { size }) => sum + size, 0);
  const threads = bytes < worthTwo ? 1 : Math.min(mostThreads, Math.max(2, availableParallelism() - 1));
  const waiting = scannable.map((file, place): Task => ({ place, file }));
  const streams = new Map(waiting.map(({ file }) => [file, openStream()]));
  const all = [...streams.values()];
  const order: ThreadOrder = { program, hosts: hosts?.programs ?? null, window, precision, linktype, indexes };
  const crew = [first, ...Array.from({ length: threads - 1 }, startThread)];
  const fail = (error: unknown) => {
    for (const stream of all) stream.fail(error);
  };
  const giveNext = ({ worker }: Thread) => {
    const task = waiting.shift();
    if (task !== undefined) worker.postMessage(task);
  };
  for (const thread of crew) {
    thread.worker.on('message', (said: Said) => {
      all[said.place]?.push(said, thread.slots);
      if (said.says === 'ended') giveNext(thread);
    });
    thread.ended.then(fail);
    thread.worker.postMessage(order);
  }
  // In turns: what is taken first is found first.
  for (let task = 0; task < inHand; task += 1) for (const thread of crew) giveNext(thread);
  const stop = () => {
    for (const { slots } of crew) slots.stop();
  };
  signal.addEventListener('abort', stop);
  return {
    scan: (file, append) => {
      const stream = streams.get(file);
      return stream && taken(stream, append, { format: { littleEndian: true, precision }, twins });
    },
    close: async () => {
      signal.removeEventListener('abort', stop);
      await Promise.all(crew.map((thread) => thread.end()));
    },
  };
}

/** A thread that waits for what it is to do, or does it. */
export interface Thread {
  readonly worker: Worker;
  /** Resolves with why it is not there any more. */
  readonly ended: Promise<unknown>;
  /** What it found. */
  readonly slots: Taker;
  /** Ends it, wherever it is. */
  end(): Promise<void>;
}

/** Starts a thread, which takes as long as to plan a search: it may be started before. */
export function startThread(): Thread {
  const memory = makeSlots();
  const slots = takerOf(memory);
  const worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData: memory });
  const ended = new Promise<unknown>((resolve) => {
    worker.on('error', resolve);
    // None ends by itself: of one that does, nobody would hear any more.
    worker.on('exit', (status) => resolve(new Error(`a thread of the search ended with ${status}`)));
  });
  return {
    ...{ worker, ended, slots },
    end: async () => {
      slots.stop();
      await worker.terminate();
    },
  };
}

/** What threads said of one file and nobody has taken yet. */
interface Stream {
  push(said: Said, slots: Taker): void;
  fail(error: unknown): void;
  /** @throws what made the thread end */
  next(): Promise<{ readonly said: Said; readonly slots: Taker }>;
}

function openStream(): Stream {
  const said: { said: Said; slots: Taker }[] = [];
  const failed: { error: unknown }[] = [];
  let wake = () => {};
  return {
    push: (one, slots) => {
      said.push({ said: one, slots });
      wake();
    },
    fail: (error) => {
      failed.push({ error });
      wake();
    },
    next: async () => {
      for (;;) {
        const one = said.shift();
        if (one !== undefined) return one;
        const [failure] = failed;
        if (failure !== undefined) throw failure.error;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

interface Own {
  /** Of what threads give. */
  readonly format: RecordFormat;
  readonly twins: Twins | null;
}

async function* taken(stream: Stream, append: Append, { format, twins }: Own): AsyncGenerator<Scanned, RingFileReport> {
  let packets = 0;
  for (;;) {
    const { said, slots } = await stream.next();
    if (said.says === 'ended') return { ...said.report, packets };
    if (said.length > 0) {
      const records = slots.oldest(said.length);
      const kept = twins === null ? { wanted: records, packets: said.packets } : ownRecords(records, format, twins);
      if (kept.packets > 0) await append(kept.wanted);
      slots.took();
      packets += kept.packets;
    }
    yield { bytes: said.bytes, reached: said.reached, packets };
  }
}
