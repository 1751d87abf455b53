import { closeSync, openSync, utimesSync, writeSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Random, randomFrom } from '../sandbox/ring/random.ts';
import { headerFor } from '../src/capture/savefile.ts';
import { type Flow, flowOf, host, packetLength } from './flows.ts';

/** A ring as a logger leaves it, on the disk. */
export interface BenchRing {
  readonly directory: string;
  readonly paths: readonly string[];
  readonly bytes: number;
  readonly packets: number;
  /** Seen in one file only, in a hundred packets. */
  readonly rareHost: string;
  /** Seen all over, in about a hundredth of the packets. */
  readonly commonHost: string;
}

const usualFileBytes = 105e6;
const secondsPerFile = 60;
/** Conversations at any time, and packets of each on average. */
const concurrent = 400;
const meanPackets = 30;
const rareHost = Buffer.from([203, 0, 113, 250]);

/**
 * Writes a ring of so many bytes, of an office's traffic as a sensor sees it: conversations between hosts that are as frequent as Zipf's law
 * has it, 12 % IPv6, 12 % of all behind a VLAN tag, some 600 bytes a packet. The same packets for the same size.
 */
export async function writeRing(directory: string, size: number, fileBytes = usualFileBytes): Promise<BenchRing> {
  await mkdir(directory, { recursive: true });
  const random = randomFrom(20_090_213);
  const flows = Array.from({ length: concurrent }, () => flowOf(random));
  const files = Math.max(2, Math.round(size / fileBytes));
  const begin = Math.floor(Date.now() / 1000) - files * secondsPerFile - 120;
  const paths: string[] = [];
  const ring = { bytes: 0, packets: 0 };
  for (let file = 0; file < files; file += 1) {
    const openedAt = begin + file * secondsPerFile;
    const path = join(directory, `daemonlogger.pcap.${openedAt}`);
    const rare = file === Math.floor(files / 2) ? flowOf(random, rareHost) : null;
    const written = writeRingFile(path, { openedAt, bytes: size / files, rare, flows, random });
    ring.bytes += written.bytes;
    ring.packets += written.packets;
    utimesSync(path, openedAt + secondsPerFile, openedAt + secondsPerFile);
    paths.push(path);
  }
  return { directory, paths, ...ring, rareHost: [...rareHost].join('.'), commonHost: [...host(9, 'inside')].join('.') };
}

interface Wanted {
  /** Seconds. */
  readonly openedAt: number;
  readonly bytes: number;
  /** The conversation of the rare host, in the file that has it. */
  readonly rare: Flow | null;
  /** What is under way: a file ends in the middle of it. */
  readonly flows: Flow[];
  readonly random: Random;
}

function writeRingFile(path: string, { openedAt, bytes, rare, flows, random }: Wanted) {
  const file = openSync(path, 'w', 0o640);
  const buffer = Buffer.alloc(4 * 2 ** 20);
  let held = headerFor({ precision: 'microseconds', snaplen: 65_535, linktype: 1 }).copy(buffer);
  let [written, packets] = [0, 0];
  const step = (secondsPerFile * 1e6) / (bytes / 620);
  for (; written + held < bytes; packets += 1) {
    if (held + 2_048 > buffer.length) {
      written += writeSync(file, buffer, 0, held);
      held = 0;
    }
    const place = Math.floor(random() * concurrent);
    const flow = (packets % 1_200 === 0 && packets < 120_000 ? rare : null) ?? flows[place] ?? flowOf(random);
    if (random() < 1 / meanPackets) flows[place] = flowOf(random);
    const at = packets * step;
    const length = packetLength(flow, random);
    buffer.writeUInt32LE(openedAt + Math.floor(at / 1e6), held);
    buffer.writeUInt32LE(Math.floor(at % 1e6), held + 4);
    buffer.writeUInt32LE(length, held + 8);
    buffer.writeUInt32LE(length, held + 12);
    flow.headers.copy(buffer, held + 16);
    held += 16 + length;
  }
  written += writeSync(file, buffer, 0, held);
  closeSync(file);
  return { bytes: written, packets };
}
