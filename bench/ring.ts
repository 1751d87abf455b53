import { closeSync, openSync, utimesSync, writeSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Random, randomFrom } from '../sandbox/ring/random.ts';
import { headerFor } from '../src/capture/savefile.ts';

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

const fileBytes = 105e6;
const hosts = 20_000;
const chunkBytes = 4 * 2 ** 20;

/**
 * Writes a ring of so many bytes: 638 bytes a packet on average, 12 % IPv6, 12 % of all behind a VLAN tag, hosts as often as Zipf's law
 * has them, an eighth of the packets DNS. The same bytes for the same size.
 */
export async function writeRing(directory: string, size: number): Promise<BenchRing> {
  await mkdir(directory, { recursive: true });
  const random = randomFrom(20_090_213);
  const files = Math.max(2, Math.round(size / fileBytes));
  const begin = Math.floor(Date.now() / 1000) - files * 60 - 120;
  const paths: string[] = [];
  const ring = { bytes: 0, packets: 0 };
  const ranks = zipfRanks();
  for (let file = 0; file < files; file += 1) {
    const openedAt = begin + file * 60;
    const path = join(directory, `daemonlogger.pcap.${openedAt}`);
    const written = writeRingFile(
      path,
      { openedAt, bytes: size / files, rare: file === Math.floor(files / 2) },
      random,
      ranks,
    );
    ring.bytes += written.bytes;
    ring.packets += written.packets;
    utimesSync(path, openedAt + 60, openedAt + 60);
    paths.push(path);
  }
  return { directory, paths, ...ring, rareHost: '203.0.113.250', commonHost: addressOf(hostAt(9)) };
}

interface Wanted {
  /** Seconds. */
  readonly openedAt: number;
  readonly bytes: number;
  /** Whether the rare host is in it. */
  readonly rare: boolean;
}

function writeRingFile(path: string, { openedAt, bytes, rare }: Wanted, random: Random, ranks: Uint16Array) {
  const file = openSync(path, 'w');
  const chunk = Buffer.alloc(chunkBytes);
  for (let at = 0; at < chunk.length; at += 4) chunk.writeUInt32LE(Math.floor(random() * 2 ** 32), at);
  writeSync(file, headerFor({ precision: 'microseconds', snaplen: 65_535, linktype: 1 }));
  let written = 24;
  let packets = 0;
  let used = 0;
  const perPacket = 638 + 16;
  const step = 60e6 / (bytes / perPacket);
  for (; written + used < bytes; packets += 1) {
    if (used > chunk.length - 2_000) {
      writeSync(file, chunk, 0, used);
      written += used;
      used = 0;
    }
    const isRare = rare && packets % 1_600 === 0 && packets < 160_000;
    used += packetInto(chunk, used, { micros: Math.floor(packets * step), openedAt, isRare, random, ranks });
  }
  writeSync(file, chunk, 0, used);
  closeSync(file);
  return { bytes: written + used, packets };
}

interface Drawn {
  readonly micros: number;
  readonly openedAt: number;
  readonly isRare: boolean;
  readonly random: Random;
  readonly ranks: Uint16Array;
}

/** Lays one record over what stands in the buffer: its payload is what was there. Returns its length. */
function packetInto(bytes: Buffer, at: number, { micros, openedAt, isRare, random, ranks }: Drawn): number {
  const tagged = random() < 0.12;
  const overIPv6 = !isRare && random() < 0.12;
  const kind = random();
  const isDns = kind < 0.125;
  const size = sizeOf(kind, isDns);
  const link = tagged ? 18 : 14;
  const packet = at + 16;
  bytes.writeUInt32LE(openedAt + Math.floor(micros / 1e6), at);
  bytes.writeUInt32LE(micros % 1e6, at + 4);
  bytes.writeUInt32LE(size, at + 8);
  bytes.writeUInt32LE(size, at + 12);
  bytes.writeUInt32BE(0x00005e00, packet);
  bytes.writeUInt32BE(0x53020000, packet + 4);
  bytes.writeUInt32BE(0x5e005310, packet + 8);
  if (tagged) {
    bytes.writeUInt16BE(0x8100, packet + 12);
    bytes.writeUInt16BE(20 + (micros & 3), packet + 14);
  }
  bytes.writeUInt16BE(overIPv6 ? 0x86dd : 0x0800, packet + link - 2);
  const network = packet + link;
  const source = hostAt(ranks[Math.floor(random() * ranks.length)] ?? 0);
  const target = isRare ? 0xcb0071fa : hostAt(ranks[Math.floor(random() * ranks.length)] ?? 0);
  const protocol = isDns ? 17 : 6;
  if (overIPv6) {
    bytes.writeUInt32BE(0x60000000, network);
    bytes.writeUInt16BE(size - link - 40, network + 4);
    bytes.writeUInt16BE((protocol << 8) | 64, network + 6);
    for (const [offset, host] of [
      [8, source],
      [24, target],
    ] as const) {
      bytes.writeUInt32BE(0x20010db8, network + offset);
      bytes.fill(0, network + offset + 4, network + offset + 12);
      bytes.writeUInt32BE(host, network + offset + 12);
    }
  } else {
    bytes.writeUInt32BE(0x45000000 | (size - link), network);
    bytes.writeUInt32BE(0, network + 4);
    bytes.writeUInt32BE((64 << 24) | (protocol << 16), network + 8);
    bytes.writeUInt32BE(source, network + 12);
    bytes.writeUInt32BE(target, network + 16);
  }
  const transport = network + (overIPv6 ? 40 : 20);
  const service = isDns ? 53 : kind < 0.7 ? 443 : kind < 0.8 ? 80 : 1_024 + Math.floor(random() * 9_000);
  bytes.writeUInt16BE(32_768 + Math.floor(random() * 28_000), transport);
  bytes.writeUInt16BE(service, transport + 2);
  if (!isDns) bytes.writeUInt16BE(0x5010, transport + 12);
  return 16 + size;
}

/** Small, middling and full ones: 638 bytes on average. */
function sizeOf(kind: number, isDns: boolean): number {
  if (isDns) return 90 + Math.floor(kind * 1_000);
  if (kind < 0.5) return 66 + Math.floor((kind - 0.125) * 300);
  return kind < 0.68 ? 500 + Math.floor(kind * 400) : 1_392 + Math.floor(kind * 100);
}

/** A table from which each rank is drawn as often as Zipf's law (exponent 1) has it. */
function zipfRanks(): Uint16Array {
  const table = new Uint16Array(2 ** 18);
  const all = Array.from({ length: hosts }, (_, rank) => 1 / (rank + 1)).reduce((sum, share) => sum + share, 0);
  let at = 0;
  for (let rank = 0; rank < hosts && at < table.length; rank += 1) {
    const count = Math.max(1, Math.round(table.length / (rank + 1) / all));
    table.fill(rank, at, at + count);
    at += count;
  }
  return table.subarray(0, at);
}

function hostAt(rank: number): number {
  return 0x0a000001 + ((rank * 2_654_435_761) % 2 ** 24);
}

function addressOf(host: number): string {
  return [24, 16, 8, 0].map((shift) => (host >>> shift) & 0xff).join('.');
}
