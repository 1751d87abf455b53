import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomFrom } from '../sandbox/ring/random.ts';
import { compileProgram } from '../src/capture/compiler.ts';
import { readIndicators } from '../src/capture/indicators.ts';
import { openScanner, type Scanner, translate } from '../src/capture/past/filter/scanner.ts';
import { compileHosts } from '../src/capture/past/hosts.ts';
import { buildIndexes } from '../src/capture/past/ringindex/build.ts';
import type { Condition } from '../src/capture/past/ringindex/condition.ts';
import { searchConditionOf } from '../src/capture/past/ringindex/listed.ts';
import { type ByteRange, rangesFor } from '../src/capture/past/ringindex/lookup.ts';
import { openIndex } from '../src/capture/past/ringindex/store.ts';
import { headerBytes, readHeader } from '../src/capture/savefile.ts';
import { insider, listOf, stranger } from './addresses.ts';
import { type Held, median } from './promise.ts';
import { type BenchRing, writeRing } from './ring.ts';

const ringBytes = 1e9;
const repetitions = 5;
/** Times the CPU of the scan. */
const limit = 1.2;
const ethernet = 1;
const ever = { since: null, until: null };

/** What is looked for: an expression and a list of hosts, of which a packet must have one where there are any. */
interface Case {
  readonly name: string;
  readonly expression: string;
  readonly hosts: readonly string[] | null;
}

/** The expressions of the bench `search`, and lists of hosts that the ring has once, in few packets, and in most of its blocks. */
function casesFor(ring: BenchRing): Case[] {
  const ored = Array.from({ length: 40 }, (_, at) => `host 10.${at}.${at * 3}.${at * 5 + 1}`).join(' or ');
  const expressions = {
    'rare host': `host ${ring.rareHost}`,
    'common host': `host ${ring.commonHost}`,
    'port 53': 'port 53',
    'vlan and host': `vlan and host ${ring.commonHost}`,
    '40 hosts': ored,
    'a quarter': 'tcp and net 10.0.0.0/8 and not port 443',
  };
  const random = randomFrom(1);
  const absent = (length: number) => Array.from({ length }, () => stranger(random));
  const common = (length: number) => Array.from({ length }, (_, rank) => insider(rank));
  const lists = [10, 100, 1_000, 10_000].flatMap((length) => [
    { name: `${length} hosts, one rare`, hosts: [ring.rareHost, ...absent(length - 1)] },
    { name: `${length} hosts, one of a hundred there`, hosts: listOf(length, ring.rareHost) },
    { name: `${length} hosts, the commonest`, hosts: common(length) },
  ]);
  return [
    ...Object.entries(expressions).map(([name, expression]) => ({ name, expression, hosts: null })),
    ...lists.map((list) => ({ ...list, expression: '' })),
  ];
}

/**
 * What scanning a ring of a gigabyte takes with its indexes and without, out of the page cache: the CPU of look-up, reading and filtering alone,
 * in this process, one file after the other, as a thread of a search does them.
 */
export async function indexed(): Promise<Held> {
  const directory = mkdtempSync(join(tmpdir(), 'capture-bench-indexed-'));
  try {
    const ring = await writeRing(join(directory, 'ring'), ringBytes);
    const store = join(directory, 'index');
    for await (const built of buildIndexes(store, ring.paths, new AbortController().signal))
      if (built.is !== 'built') throw new Error(`${built.path} was not indexed`);
    const found: string[] = [];
    const missed: string[] = [];
    for (const each of casesFor(ring)) {
      const looked = await look(each);
      const rounds = Array.from({ length: repetitions }, () => ({
        scan: goOver(ring.paths, looked, undefined),
        index: goOver(ring.paths, looked, store),
      }));
      const of = (way: 'scan' | 'index', what: 'cpu' | 'lookUp') => median(rounds.map((round) => round[way][what]));
      const [one] = rounds;
      const ratio = of('index', 'cpu') / of('scan', 'cpu');
      found.push(
        `${each.name}: ${((one?.index.bytes ?? 0) / 1e6).toFixed(1)} MB read; ${of('index', 'cpu').toFixed(1)} ms with an index, of that ${of('index', 'lookUp').toFixed(1)} for looking up, ${of('scan', 'cpu').toFixed(0)} without: ${ratio.toFixed(2)} times`,
      );
      if (ratio > limit) missed.push(`${each.name}: slower`);
      if (one?.index.packets !== one?.scan.packets) missed.push(`${each.name}: not the same packets`);
    }
    return {
      promise: `with an index a search takes at most ${limit} times the CPU of the scan, whatever it looks for, and finds as much`,
      found: [
        `a ring of ${(ring.bytes / 1e9).toFixed(2)} GB in ${ring.paths.length} files; CPU of the scan alone, medians of ${repetitions}`,
        ...found,
        ...missed.map((one) => `missed: ${one}`),
      ],
      holds: missed.length === 0,
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

interface Looked {
  readonly scanner: Scanner;
  readonly condition: Condition;
}

async function look({ expression, hosts: list }: Case): Promise<Looked> {
  const program = await compileProgram(expression, ethernet);
  const where = { linktype: ethernet, littleEndian: true, behindTags: false };
  const hosts = list && (await compileHosts(readIndicators(list.join('\n')), where));
  const translation = translate(program, hosts);
  if (!translation.translatable) throw new Error(translation.why);
  return { scanner: openScanner(translation.module), condition: searchConditionOf(program, hosts, ethernet) };
}

/** @param store the indexes to ask; undefined to read everything */
function goOver(paths: readonly string[], { scanner, condition }: Looked, store: string | undefined) {
  const gone = { bytes: 0, packets: 0, cpu: 0, lookUp: 0 };
  const began = process.cpuUsage();
  for (const path of paths) {
    const descriptor = openSync(path, 'r');
    const stats = fstatSync(descriptor, { bigint: true });
    const before = performance.now();
    const index = store === undefined ? undefined : openIndex(store, stats);
    const toRead = index && rangesFor(index, condition, ever);
    index?.close();
    gone.lookUp += performance.now() - before;
    const whole = [{ begin: headerBytes, end: Number(stats.size) }];
    for (const range of toRead?.read === 'ranges' ? toRead.ranges : whole) {
      gone.packets += scanRange(descriptor, scanner, range);
      gone.bytes += range.end - range.begin;
    }
    closeSync(descriptor);
  }
  const { user, system } = process.cpuUsage(began);
  return { ...gone, cpu: (user + system) / 1_000 };
}

function scanRange(descriptor: number, scanner: Scanner, { begin, end }: ByteRange): number {
  const start = Buffer.alloc(headerBytes);
  readSync(descriptor, start, 0, start.length, 0);
  const header = readHeader(start);
  if (header === undefined) throw new Error('no ring file');
  scanner.begin({ header, window: ever, precision: header.precision });
  let packets = 0;
  for (let at = begin; at < end; ) {
    const read = readSync(descriptor, scanner.input, 0, Math.min(scanner.input.length, end - at), at);
    if (read === 0) break;
    at += read;
    scanner.take(read);
    for (let stop = ''; stop !== 'input read'; ) {
      const step = scanner.scan();
      packets += step.packets;
      scanner.drain();
      if (step.stop === 'damaged') throw new Error('not at a record');
      stop = step.stop;
    }
  }
  return packets;
}
