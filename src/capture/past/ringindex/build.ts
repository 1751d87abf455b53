import { rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Indexed, newPartName } from './store.ts';

/** What a thread that writes indexes is given. */
export interface Order {
  readonly store: string;
  readonly paths: readonly string[];
  readonly partName: string;
}

/**
 * Writes the indexes of finished ring files, one after the other, in a thread of its own; those that have one as they are, are passed over.
 * Yields what came of each, its own troubles among that. Ends at once when the signal aborts, or when nobody reads on; what was not whole
 * is gone then.
 * @param store the directory of the indexes, made where it is missing
 * @param paths ring files; never one that is still being written
 * @throws what keeps the thread from running at all
 */
export async function* buildIndexes(
  store: string,
  paths: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<Indexed, void> {
  if (signal.aborted || paths.length === 0) return;
  await mkdir(store, { recursive: true, mode: 0o750 });
  const partName = newPartName();
  const order: Order = { store, paths, partName };
  const worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData: order });
  const results: Indexed[] = [];
  let [ended, failure]: [boolean, Error | undefined] = [false, undefined];
  let wake = (): void => undefined;
  const end = (): void => {
    ended = true;
    wake();
  };
  worker.on('message', (indexed: Indexed) => {
    results.push(indexed);
    wake();
  });
  worker.on('error', (error: Error) => {
    failure = error;
  });
  worker.on('exit', end);
  signal.addEventListener('abort', end, { once: true });
  try {
    while (!signal.aborted) {
      const next = results.shift();
      if (next !== undefined) yield next;
      else if (ended) break;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
    if (failure !== undefined) throw failure;
  } finally {
    signal.removeEventListener('abort', end);
    await worker.terminate();
    rmSync(join(store, partName), { force: true });
  }
}
