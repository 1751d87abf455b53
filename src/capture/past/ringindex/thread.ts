import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { Order } from './build.ts';
import { type Indexed, writeIndex } from './store.ts';

// The logger comes first.
setPriority(0, 15);
// The thread that `buildIndexes` starts: tells of each file as it is done.
const { store, paths, partName }: Order = workerData;
for (const path of paths) parentPort?.postMessage(indexed(path));

/** No file's trouble keeps the others from being indexed. */
function indexed(path: string): Indexed {
  try {
    return writeIndex(store, path, partName);
  } catch (error) {
    return { is: 'not built', path, why: error instanceof Error ? error.message : String(error) };
  }
}
