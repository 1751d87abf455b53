import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileProgram } from '../../src/capture/compiler.ts';
import { linktypes } from '../capture/past/generate/packets.ts';
import { randomFrom } from '../capture/past/generate/random.ts';
import { mutatedFile } from './mutate.ts';
import { openReader } from './read.ts';

export interface Wanted {
  readonly files: number;
  /** Of them, how many tcpdump reads, too. */
  readonly compared: number;
  readonly seed: number;
}

export interface Tally {
  files: number;
  /** By what a search says of them before it reads on. */
  readonly planned: Map<string, number>;
  readonly mutations: Map<string, number>;
  scanned: number;
  compared: number;
  /** Of the slowest file that tcpdump did not read, milliseconds. */
  slowest: number;
  /** By how much the process grew, bytes. */
  grown: number;
  /** Where it threw or two readers differed: the seed of the file, what was done to it, and the words. */
  readonly wrong: string[];
}

/** Mutates so many files and reads them; the same seed gives the same files. */
export async function play(
  { files, compared, seed }: Wanted,
  said: (line: string) => void = () => undefined,
): Promise<Tally> {
  const directory = mkdtempSync(join(tmpdir(), 'fuzz-'));
  const expression = 'udp or arp or (ip6 and tcp)';
  const known = [linktypes.EN10MB, linktypes.RAW, linktypes.LINUX_SLL, linktypes.NULL, linktypes.PPP];
  const programs = new Map(
    await Promise.all(known.map(async (linktype) => [linktype, await compileProgram(expression, linktype)] as const)),
  );
  const tally: Tally = {
    ...{ files: 0, scanned: 0, compared: 0, slowest: 0, grown: 0 },
    ...{ planned: new Map(), mutations: new Map(), wrong: [] },
  };
  const reader = openReader(directory, { expression, programs });
  const every = Math.max(1, Math.floor(files / Math.max(1, compared)));
  let before = 0;
  try {
    for (let at = 0; at < files; at += 1) {
      const { file, by } = mutatedFile(randomFrom(seed + at));
      for (const name of by) count(tally.mutations, name);
      const withTcpdump = compared > 0 && at % every === 0;
      const began = performance.now();
      try {
        const outcome = await reader.read(file, withTcpdump);
        count(tally.planned, outcome.planned);
        tally.scanned += outcome.scanned ? 1 : 0;
        tally.compared += outcome.compared ? 1 : 0;
      } catch (error) {
        tally.wrong.push(
          `seed ${seed + at} (${by.join(', ')}): ${error instanceof Error ? error.stack : String(error)}`,
        );
        writeFileSync(join(tmpdir(), `fuzz-wrong-${seed + at}.pcap`), file);
      }
      if (!withTcpdump) tally.slowest = Math.max(tally.slowest, performance.now() - began);
      tally.files += 1;
      // The first thousand have everything loaded.
      const now = process.memoryUsage().rss;
      if (at <= Math.min(1_000, files / 2)) before = Math.max(before, now);
      tally.grown = Math.max(tally.grown, now - before);
      if (tally.files % 5_000 === 0) said(`${tally.files} files, ${tally.wrong.length} wrong`);
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
  return tally;
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
