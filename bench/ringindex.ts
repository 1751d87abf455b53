import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildIndexes } from '../src/capture/past/ringindex/build.ts';
import { type Held, median } from './promise.ts';
import { writeRing } from './ring.ts';

const ringBytes = 1e9;

/** Indexes a ring of a gigabyte that the page cache holds, as the product does it: in a thread, one file after the other. */
export async function ringindex(): Promise<Held> {
  const directory = mkdtempSync(join(tmpdir(), 'capture-bench-ringindex-'));
  try {
    const { paths } = await writeRing(join(directory, 'ring'), ringBytes);
    let [before, indexBytes, bytes] = [process.cpuUsage(), 0, 0];
    const paces: number[] = [];
    for await (const indexed of buildIndexes(join(directory, 'index'), paths, new AbortController().signal)) {
      if (indexed.is !== 'built') throw new Error(`${indexed.path} was not indexed`);
      const { user, system } = process.cpuUsage(before);
      before = process.cpuUsage();
      // Bytes a microsecond are megabytes a second.
      paces.push(indexed.bytes / (user + system));
      bytes += indexed.bytes;
      indexBytes += indexed.indexBytes;
    }
    const share = (indexBytes / bytes) * 100;
    const pace = median(paces);
    return {
      promise: 'an index is at most 0.5 % of its ring, and made at 2 GB for each second of a core at least',
      found: [
        `${share.toFixed(2)} % of ${(bytes / 1e6).toFixed(0)} MB`,
        `${pace.toFixed(0)} MB a second of a core, out of the page cache, median; the first file ${paces[0]?.toFixed(0)}, with its thread's start`,
      ],
      holds: share <= 0.5 && pace >= 2_000,
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}
