import { closeSync, openSync, writeSync } from 'node:fs';
import { type Random, randomFrom } from '../sandbox/ring/random.ts';
import { headerFor } from '../src/capture/savefile.ts';

/** One direction of a conversation: its frame's headers, ready to be copied. */
interface Flow {
  readonly headers: Buffer;
  readonly bytes: number;
}

/** How long a flow's packets may be: some 600 bytes on average, as on the uplink of an office. */
const lengths = [66, 66, 66, 66, 120, 590, 590, 1_514, 1_514, 1_514] as const;
/** Conversations at any time, and packets of each on average. */
const concurrent = 400;
const meanPackets = 30;
const hosts = 20_000;

/**
 * Writes a ring file of so many bytes: office traffic as a sensor sees it, hosts by Zipf's law, 12 % IPv6, 12 % tagged; packets that are
 * some 600 bytes on average and 20 microseconds apart. The same seed gives the same bytes.
 * @returns when its last packet was, in microseconds
 */
export function writeTraffic(path: string, bytes: number, seed: number, from = 1_795_486_205_000_000): number {
  const random = randomFrom(seed);
  const flows = Array.from({ length: concurrent }, () => flow(random));
  const buffer = Buffer.alloc(4 * 1024 * 1024);
  const file = openSync(path, 'w', 0o640);
  let [written, held, at] = [
    0,
    headerFor({ precision: 'microseconds', snaplen: 65_535, linktype: 1 }).copy(buffer),
    from,
  ];
  while (written + held < bytes) {
    if (held + 2_048 > buffer.length) {
      written += writeSync(file, buffer, 0, held);
      held = 0;
    }
    const place = Math.floor(random() * concurrent);
    const { headers, bytes: length } = flows[place] ?? flow(random);
    if (random() < 1 / meanPackets) flows[place] = flow(random);
    at += Math.floor(random() * 40);
    buffer.writeUInt32LE(Math.floor(at / 1e6), held);
    buffer.writeUInt32LE(at % 1e6, held + 4);
    buffer.writeUInt32LE(length, held + 8);
    buffer.writeUInt32LE(length, held + 12);
    headers.copy(buffer, held + 16);
    held += 16 + length;
  }
  writeSync(file, buffer, 0, held);
  closeSync(file);
  return at;
}

function flow(random: Random): Flow {
  const isV6 = random() < 0.12;
  const isUdp = random() < 0.2;
  const tag =
    random() < 0.12 ? Buffer.from([0x81, 0, 0, [10, 20, 30][Math.floor(random() * 3)] ?? 10]) : Buffer.alloc(0);
  const service = [443, 443, 443, 80, 53, 22, 445, 3_306, 8_080][Math.floor(random() * 9)] ?? 443;
  const ports = Buffer.alloc(4);
  const ephemeral = 32_768 + Math.floor(random() * 28_232);
  const outward = random() < 0.5;
  ports.writeUInt16BE(outward ? ephemeral : service, 0);
  ports.writeUInt16BE(outward ? service : ephemeral, 2);
  const [inner, outer] = [address(isV6, zipf(random, 2_000), true), address(isV6, zipf(random, hosts), false)];
  const network = Buffer.alloc(isV6 ? 8 : 12);
  network[0] = isV6 ? 0x60 : 0x45;
  network[isV6 ? 6 : 9] = isUdp ? 17 : 6;
  const headers = Buffer.concat([
    Buffer.alloc(12, 2),
    tag,
    Buffer.from(isV6 ? [0x86, 0xdd] : [0x08, 0x00]),
    network,
    ...(outward ? [inner, outer] : [outer, inner]),
    ports,
  ]);
  const bytes = lengths[Math.floor(random() * lengths.length)] ?? 66;
  return { headers, bytes: Math.max(bytes, headers.length + 16) };
}

function address(isV6: boolean, rank: number, isInner: boolean): Buffer {
  const host = Buffer.alloc(isV6 ? 16 : 4);
  const mixed = Math.imul(rank + 1, 0x9e3779b1) >>> 0;
  if (isV6) {
    host.writeUInt32BE(isInner ? 0x2001_0db8 : 0x2600_0000 + (mixed >>> 12), 0);
    host.writeUInt32BE(isInner ? 0x10 + (rank % 8) : rank % 64, 4);
    host.writeUInt32BE(mixed, 12);
  } else {
    host.writeUInt32BE(isInner ? 0x0a00_0000 + rank : mixed, 0);
  }
  return host;
}

/** A rank from 0, the first the most frequent: Zipf's law with exponent 1, by its inverse. */
function zipf(random: Random, count: number): number {
  return Math.floor(Math.exp(random() * Math.log(count + 1))) - 1;
}
