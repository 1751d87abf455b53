import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { listOf } from './addresses.ts';
import { openInstallation } from './installation.ts';
import { timed } from './list.ts';
import { type Held, median } from './promise.ts';
import { type BenchRing, writeRing } from './ring.ts';

const run = promisify(execFile);
const ringBytes = 1e9;
const repetitions = 3;
const lengths = [10, 100, 1_000, 10_000] as const;
/** As many times the CPU may a search with the longest list take as one with the shortest: its threads are nice, and wait on a busy machine. */
const limit = 2.5;

/**
 * What a search of 1 GB costs with lists of hosts of some lengths, two thirds IPv4 and a few of them in the ring, beside `tcpdump -r` on each
 * file with the same hosts in one expression, as far as that ends in reasonable time: not optimised, and on one file alone, for 1,000.
 */
export async function hosts(): Promise<Held> {
  const installation = await openInstallation(0);
  try {
    const ring = await writeRing(join(installation.directory, 'ring'), ringBytes);
    const found: string[] = [];
    const medians: number[] = [];
    let same = true;
    for (const length of lengths) {
      const list = listOf(length, ring.rareHost);
      const file = join(installation.directory, `hosts-${length}`);
      writeFileSync(file, list.join('\n'));
      const words = searchWords(installation.config.file, file);
      const searched = await search(words);
      const times = Array.from({ length: repetitions }, () => timed(words));
      const [wall, cpu] = [median(times.map((one) => one.wall)), median(times.map((one) => one.cpu))];
      medians.push(cpu);
      const beside = await tcpdump(ring, list);
      if (beside !== null && beside.files === ring.paths.length)
        same &&= beside.sha256 === (await recordsOf(searched.savefile));
      found.push(
        `${length} hosts: ${wall.toFixed(0)} ms (CPU ${cpu.toFixed(0)} ms), ${searched.packets} packets; ${besideInWords(beside, ring)}`,
      );
    }
    const ratio = (medians.at(-1) ?? 0) / (medians[0] ?? 1);
    return {
      promise: `a search with a list of 10,000 hosts takes at most ${limit} times the CPU that it takes with 10, and finds what tcpdump finds`,
      found: [
        `a ring of ${(ring.bytes / 1e9).toFixed(2)} GB, ${ring.packets} packets in ${ring.paths.length} files`,
        ...found,
        `10,000 hosts take ${ratio.toFixed(2)} times what 10 take; what tcpdump found on the whole ring is ${same ? '' : 'NOT '}the same`,
      ],
      holds: same && ratio <= limit,
    };
  } finally {
    await installation.close();
  }
}

interface Searched {
  readonly packets: number;
  readonly savefile: string;
}

/** --exact: tcpdump looks behind no tag that its expression does not name. */
function searchWords(config: string, list: string): string[] {
  const capture = join(import.meta.dirname, '../bin/capture');
  return [capture, '--config', config, 'search', '-d', 'bench', '--hosts', list, '--exact', '--json'];
}

async function search([capture = '', ...words]: readonly string[]): Promise<Searched> {
  const { stdout } = await run(capture, words, { maxBuffer: 2 ** 26 });
  const { packets, path } = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
  return { packets, savefile: path };
}

interface Beside {
  readonly took: number;
  readonly files: number;
  readonly sha256: string;
}

/** The same by tcpdump, file by file; null where it would take too long. */
async function tcpdump(ring: BenchRing, list: readonly string[]): Promise<Beside | null> {
  if (list.length > 1_000) return null;
  const expression = list.map((host) => `host ${host}`).join(' or ');
  const [flags, paths] = list.length > 100 ? [['-O'], ring.paths.slice(0, 1)] : [[], ring.paths];
  const sha256 = createHash('sha256');
  const began = performance.now();
  for (const path of paths) {
    const { stdout } = await run('tcpdump', ['-nn', ...flags, '-r', path, '-w', '-', '--', expression], {
      encoding: 'buffer',
      maxBuffer: 2 ** 30,
    });
    sha256.update(stdout.subarray(24));
  }
  return { took: performance.now() - began, files: paths.length, sha256: sha256.digest('hex') };
}

function besideInWords(beside: Beside | null, { paths }: BenchRing): string {
  if (beside === null) return 'tcpdump was not asked';
  const where = beside.files === paths.length ? '' : ` for one file of ${paths.length}, not optimised (-O)`;
  return `tcpdump ${beside.took.toFixed(0)} ms${where}`;
}

async function recordsOf(savefile: string): Promise<string> {
  const sha256 = createHash('sha256');
  for await (const chunk of createReadStream(savefile, { start: 24 })) sha256.update(chunk);
  return sha256.digest('hex');
}
