import { closeSync, fstatSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileProgram } from '../src/capture/compiler.ts';
import { planRing } from '../src/capture/past/ring.ts';
import { buildIndexes } from '../src/capture/past/ringindex/build.ts';
import { conditionOf } from '../src/capture/past/ringindex/derive.ts';
import { rangesFor } from '../src/capture/past/ringindex/lookup.ts';
import { openIndex } from '../src/capture/past/ringindex/store.ts';
import { type Held, median } from './promise.ts';
import { writeRing } from './ring.ts';

const files = 20;
const bytesPerFile = 100_000_000;
/** A ring of many small files: what each file costs, whatever is in it. */
const manyFiles = 1_000;
const bytesPerSmallFile = 1_000_000;
const repetitions = 5;

/** Indexes rings that the page cache holds, as the product does it: in a thread, one file after the other. */
export async function ringindex(): Promise<Held> {
  const directory = mkdtempSync(join(tmpdir(), 'capture-bench-ringindex-'));
  try {
    const large = await build(directory, 'large', files, bytesPerFile);
    const small = await build(directory, 'small', manyFiles, bytesPerSmallFile);
    const share = (large.indexBytes / large.bytes) * 100;
    const pace = median(large.paces);
    const [plan, lookUp] = [await planning(small.ring), await lookingUp(small)];
    return {
      promise: 'an index is at most 0.5 % of its ring, and made at 2 GB for each second of a core at least',
      found: [
        `${share.toFixed(2)} % of ${(large.bytes / 1e6).toFixed(0)} MB in ${files} files`,
        `${pace.toFixed(0)} MB a second of a core, out of the page cache, median; the first file ${large.paces[0]?.toFixed(0)}, with its thread's start`,
        `${manyFiles} files of ${(bytesPerSmallFile / 1e6).toFixed(0)} MB: ${median(small.paces).toFixed(0)} MB a second of a core, ${((small.indexBytes / small.bytes) * 100).toFixed(2)} %`,
        `of these a search's plan takes ${plan.toFixed(3)} ms a file, what to read of one for a host that is nowhere ${lookUp.toFixed(3)} ms of CPU, medians of ${repetitions}`,
      ],
      holds: share <= 0.5 && pace >= 2_000,
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

interface Built {
  readonly ring: string;
  readonly store: string;
  readonly paths: readonly string[];
  readonly bytes: number;
  readonly indexBytes: number;
  /** Megabytes a second of a core, file by file. */
  readonly paces: readonly number[];
}

async function build(directory: string, name: string, count: number, size: number): Promise<Built> {
  const [ring, store] = [join(directory, name), join(directory, `index-${name}`)];
  const { paths } = await writeRing(ring, count * size, size);
  let [before, indexBytes, bytes] = [process.cpuUsage(), 0, 0];
  const paces: number[] = [];
  for await (const indexed of buildIndexes(store, paths, new AbortController().signal)) {
    if (indexed.is !== 'built') throw new Error(`${indexed.path} was not indexed`);
    const { user, system } = process.cpuUsage(before);
    before = process.cpuUsage();
    // Bytes a microsecond are megabytes a second.
    paces.push(indexed.bytes / (user + system));
    bytes += indexed.bytes;
    indexBytes += indexed.indexBytes;
  }
  return { ring, store, paths, bytes, indexBytes, paces };
}

/** Milliseconds a file: each is opened, and its first packet read. */
async function planning(ring: string): Promise<number> {
  const times: number[] = [];
  for (let one = 0; one < repetitions; one += 1) {
    const began = performance.now();
    await planRing(ring, { since: null, until: null });
    times.push((performance.now() - began) / manyFiles);
  }
  return median(times);
}

/** Milliseconds of CPU a file. */
async function lookingUp({ store, paths }: Built): Promise<number> {
  const condition = conditionOf(await compileProgram('host 203.0.113.250', 1), 1);
  const times = Array.from({ length: repetitions }, () => {
    const began = process.cpuUsage();
    for (const path of paths) {
      const descriptor = openSync(path, 'r');
      const index = openIndex(store, fstatSync(descriptor, { bigint: true }));
      if (index === undefined) throw new Error(`${path} has no index`);
      rangesFor(index, condition, { since: null, until: null });
      index.close();
      closeSync(descriptor);
    }
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1_000 / manyFiles;
  });
  return median(times);
}
