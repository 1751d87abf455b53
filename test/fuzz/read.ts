import assert from 'node:assert/strict';
import { closeSync, fstatSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Program } from '../../src/capture/bpf.ts';
import { compileProgram } from '../../src/capture/compiler.ts';
import { examineSavefile } from '../../src/capture/facts.ts';
import { isScannable } from '../../src/capture/past/filter/scannable.ts';
import type { Scanner } from '../../src/capture/past/filter/scanner.ts';
import { arrivalsIn } from '../../src/capture/past/logger.ts';
import { planRing } from '../../src/capture/past/ring.ts';
import { conditionOf } from '../../src/capture/past/ringindex/derive.ts';
import { rangesFor } from '../../src/capture/past/ringindex/lookup.ts';
import { openIndex, writeIndex } from '../../src/capture/past/ringindex/store.ts';
import { scanRingFile } from '../../src/capture/past/scan.ts';
import { sampleCarriesTags } from '../../src/capture/ringfile.ts';
import { headerBytes, type PcapHeader, readHeader, walkRecords } from '../../src/capture/savefile.ts';
import { scannerFor, select } from '../capture/past/filter/select.ts';
import { selectedBy } from '../capture/reference.ts';

const everything: Program = [{ code: 0x06, jt: 0, jf: 0, k: 262_144 }];
const window = { since: null, until: null };

/** An expression as it is compiled for some linktypes. */
export interface Sought {
  readonly expression: string;
  readonly programs: ReadonlyMap<number, Program>;
}

/** What a file was for those who read it. */
export interface Outcome {
  /** What a search would say of it before it reads on: `search`, or the outcome of its line. */
  readonly planned: string;
  readonly scanned: boolean;
  readonly compared: boolean;
}

export interface Reader {
  /**
   * Puts a file through all that reads ring files and savefiles, and holds what they say of it against each other; with tcpdump, too, where
   * that is asked.
   * @throws AssertionError where two differ, and whatever one of them throws
   */
  read(file: Buffer, withTcpdump: boolean): Promise<Outcome>;
}

/** @param directory of its own, which is written to */
export function openReader(directory: string, sought: Sought): Reader {
  const [ring, store] = [join(directory, 'ring'), join(directory, 'index')];
  mkdirSync(ring);
  mkdirSync(store);
  const path = join(ring, 'daemonlogger.pcap.1795486205');
  const all = scannerFor(everything);
  const scanners = new Map([...sought.programs].map(([linktype, program]) => [linktype, scannerFor(program)]));
  return {
    read: async (file, withTcpdump) => {
      writeFileSync(path, file);
      const [place, ...more] = await planRing(ring, window);
      assert.ok(place !== undefined && more.length === 0);
      await sampleCarriesTags([path]);
      await arrivalsIn(ring, 0, () => true).reachedBy(0);
      const { facts } = await examineSavefile(path);
      const header = readHeader(file);
      assert.equal(facts === null, header === undefined);
      const planned = 'search' in place ? 'search' : place.report.outcome;
      if (header === undefined || facts === null) return { planned, scanned: false, compared: false };
      const walked = walkRecords(file.subarray(headerBytes), header, () => undefined);
      assert.equal(facts.cutAt, walked.end + headerBytes === file.length ? null : walked.end + headerBytes);
      if (!isScannable(header).scannable) {
        if (withTcpdump && 'search' in place) await scan(place.search, header);
        rmSync(path);
        return { planned, scanned: false, compared: false };
      }
      const whole = select(all, file);
      assert.deepEqual(
        [whole.packets, whole.consumed, whole.damaged, whole.earliest, whole.latest],
        [facts.packets, walked.end, walked.damaged, facts.firstAt, facts.lastAt],
      );
      const scanner = scanners.get(header.linktype);
      const program = sought.programs.get(header.linktype);
      const matches = scanner && select(scanner, file);
      indexAgrees(file, header, { whole: whole.packets, scanner, program, matches: matches?.records });
      if (withTcpdump) {
        // What libpcap has no name for, neither it nor a search writes.
        const isKnown = await compileProgram('everything', header.linktype).then(
          () => true,
          () => false,
        );
        const byTcpdump = await selectedBy('everything', [path], ...flagsFor(header));
        assert.ok(byTcpdump.equals(isKnown ? whole.records : Buffer.alloc(0)), 'everything');
        if (matches) {
          assert.ok(
            matches.records.equals(await selectedBy(sought.expression, [path], ...flagsFor(header))),
            sought.expression,
          );
          if ('search' in place)
            assert.ok((await scan(place.search, header)).equals(matches.records), 'through tcpdump');
        }
      }
      rmSync(path);
      return { planned, scanned: true, compared: withTcpdump };
    },
  };

  /** As a search does what is left to tcpdump. */
  async function scan(file: Parameters<typeof scanRingFile>[0], { precision }: PcapHeader): Promise<Buffer> {
    const found: Buffer[] = [];
    const selection = { expression: sought.expression, hosts: null, window, precision, twins: null };
    const append = async (records: Buffer) => void found.push(Buffer.from(records));
    for await (const _ of scanRingFile(file, selection, append, new AbortController().signal));
    return Buffer.concat(found);
  }

  /** What an index leaves to be read has all that matches. */
  function indexAgrees(
    file: Buffer,
    header: PcapHeader,
    known: { whole: number; scanner: Scanner | undefined; program: Program | undefined; matches: Buffer | undefined },
  ): void {
    const built = writeIndex(store, path, 'fuzz.part');
    assert.equal(built.is, 'built');
    const descriptor = openSync(path, 'r');
    try {
      const index = openIndex(store, fstatSync(descriptor, { bigint: true }));
      assert.ok(index !== undefined, `the index of ${basename(path)} is not read`);
      try {
        const blocks = index.blocks();
        const [first, last] = [blocks[0]?.begin, blocks.at(-1)?.end];
        if (known.whole > 0) assert.deepEqual([first, last], [headerBytes, index.head.end]);
        for (const [at, block] of blocks.entries()) if (at > 0) assert.equal(block.begin, blocks[at - 1]?.end);
        if (!known.scanner || !known.program || !known.matches) return;
        const toRead = rangesFor(index, conditionOf(known.program, header.linktype), window);
        if (toRead.read === 'whole') return;
        const parts = toRead.ranges.map(({ begin, end }) => file.subarray(begin, end));
        const { records } = select(known.scanner, Buffer.concat([file.subarray(0, headerBytes), ...parts]));
        assert.ok(records.equals(known.matches), 'with its index');
      } finally {
        index.close();
      }
    } finally {
      closeSync(descriptor);
      rmSync(store, { recursive: true });
      mkdirSync(store);
    }
  }
}

function flagsFor({ precision }: PcapHeader): string[] {
  return precision === 'nanoseconds' ? ['--nano'] : [];
}
