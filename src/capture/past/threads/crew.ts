import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { RingFileReport } from '../../capture.ts';
import type { RecordFormat } from '../../savefile.ts';
import { judge } from '../filter/judge.ts';
import { isScannable } from '../filter/scannable.ts';
import { ownRecords, type Twins } from '../joint.ts';
import type { RingFile } from '../ring.ts';
import type { Scanned, Selection, Take } from '../scan.ts';
import { mostThreads, type Said, type Task, type ThreadOrder } from './messages.ts';
import { makeSlots, type Taker, takerOf } from './slots.ts';

/** Threads that scan the files of a ring side by side, while what they find is taken in the order of the plan. */
export interface Crew {
  /**
   * What a thread finds in a file, appended as it comes; undefined for a file that is left to tcpdump. Files are to be asked for in the order
   * of the plan. Throws what `append` throws.
   */
  scan(file: RingFile, append: Take): AsyncGenerator<Scanned, RingFileReport> | undefined;
  /** Whether no file of the search is left to others. */
  readonly alone: boolean;
  /** Bytes read of the files that are done with. */
  read(): number;
  /** Ends the threads, wherever they are. */
  close(): Promise<void>;
}

/** What of a ring's files is wanted. */
export interface Wanted extends Omit<ThreadOrder, 'hosts'>, Pick<Selection, 'twins' | 'hosts'> {
  /** In the order of the plan. */
  readonly files: readonly RingFile[];
}

/** From so many bytes on, more than one thread is worth its start. */
const worthTwo = 1.5e9;
/** So many files are with a thread at a time: it goes on with the next while its report of the last travels. */
const inHand = 2;

/**
 * Starts the threads of a search, for those of the files that the scanner reads as tcpdump would. Each ring has threads of its own, so that
 * one whose matches nobody can take yet keeps no other ring from being read.
 * @param rings as many as `mostThreads`, at most
 * @param first one that was started before there was a plan
 * @returns a ring each; undefined where there is no such file, or the program is not to be translated
 */
export function openCrews(rings: readonly Wanted[], first: Thread, signal: AbortSignal): (Crew | undefined)[] {
  const scannable = rings.map(({ files, program }) =>
    judge(program).translatable
      ? files.filter(({ header, packing }) => packing === null && isScannable(header).scannable)
      : [],
  );
  const threads = shareThreads(
    scannable.map((files) => files.reduce((sum, { size }) => sum + size, 0)),
    availableParallelism(),
  );
  const ready = [first];
  return rings.map((wanted, at) => {
    const files = scannable[at] ?? [];
    if (files.length === 0) return undefined;
    const crew = Array.from({ length: threads[at] ?? 1 }, () => ready.pop() ?? startThread());
    return openCrew({ ...wanted, files }, { crew, alone: files.length === wanted.files.length }, signal);
  });
}

/**
 * How many threads each ring has: one where there is anything to read, and from 1.5 GB in all on as many more as a search may have, where
 * each has most to read.
 * @param bytes to be read of each ring
 */
export function shareThreads(bytes: readonly number[], processors: number): number[] {
  const threads = bytes.map((some): number => (some > 0 ? 1 : 0));
  const all = bytes.reduce((sum, some) => sum + some, 0);
  const most = all < worthTwo ? 0 : Math.min(mostThreads, Math.max(2, processors - 1));
  const each = (at: number) => (bytes[at] ?? 0) / (threads[at] ?? 1);
  const inUse = () => threads.reduce((sum, some) => sum + some, 0);
  while (inUse() < most) {
    const [largest = 0] = bytes
      .flatMap((some, at) => (some > 0 ? [at] : []))
      .toSorted((one, other) => each(other) - each(one));
    threads[largest] = (threads[largest] ?? 0) + 1;
  }
  return threads;
}

function openCrew(
  { files, program, hosts, window, precision, linktype, indexes, twins }: Wanted,
  { crew, alone }: { readonly crew: readonly Thread[]; readonly alone: boolean },
  signal: AbortSignal,
): Crew {
  const waiting = files.map((file, place): Task => ({ place, file }));
  const streams = new Map(waiting.map(({ file }) => [file, openStream()]));
  const all = [...streams.values()];
  let read = 0;
  const order: ThreadOrder = { program, hosts: hosts?.programs ?? null, window, precision, linktype, indexes };
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
      if (said.says !== 'ended') return;
      read += said.read;
      giveNext(thread);
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
    alone,
    read: () => read,
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

async function* taken(stream: Stream, append: Take, { format, twins }: Own): AsyncGenerator<Scanned, RingFileReport> {
  let packets = 0;
  for (;;) {
    const { said, slots } = await stream.next();
    if (said.says === 'ended') return { ...said.report, packets };
    if (said.length > 0) {
      const records = slots.oldest(said.length);
      const kept = twins === null ? { wanted: records, packets: said.packets } : ownRecords(records, format, twins);
      if (kept.packets > 0) await append(kept.wanted, kept.packets);
      slots.took();
      packets += kept.packets;
    }
    yield { bytes: said.bytes, reached: said.reached, packets };
  }
}
