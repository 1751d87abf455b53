import type { Random } from '../sandbox/ring/random.ts';

/** One direction of a conversation: its packets' headers, ready to be copied. */
export interface Flow {
  readonly headers: Buffer;
  /** Of which its packets are. */
  readonly lengths: readonly number[];
}

/** Bytes of packets, as on the uplink of an office; a conversation has some of each. */
const lengths = [66, 66, 66, 120, 590, 590, 1_514, 1_514, 1_514] as const;
const dnsLengths = [80, 95, 140, 300] as const;
const services = {
  tcp: [443, 443, 443, 443, 443, 80, 22, 8_080],
  udp: [443, 443, 443, 53, 123],
} as const;
/** Hosts of the office, and elsewhere. */
const hosts = { inside: 2_000, outside: 20_000 } as const;

/** A conversation between two hosts as frequent as they are. @param outer the host outside, IPv4, where it is not drawn */
export function flowOf(random: Random, outer?: Buffer): Flow {
  const isV6 = outer === undefined && random() < 0.12;
  const isUdp = random() < 0.2;
  const tag = random() < 0.12 ? Buffer.from([0x81, 0, 0, drawn([10, 20, 30], random)]) : Buffer.alloc(0);
  const service = drawn(isUdp ? services.udp : services.tcp, random);
  const ports = Buffer.alloc(4);
  const ephemeral = 32_768 + Math.floor(random() * 28_232);
  const outward = random() < 0.5;
  ports.writeUInt16BE(outward ? ephemeral : service, 0);
  ports.writeUInt16BE(outward ? service : ephemeral, 2);
  const address = (where: keyof typeof hosts) => host(zipf(random, hosts[where]), where, isV6);
  const pair = [address('inside'), outer ?? address('outside')];
  const network = Buffer.alloc(isV6 ? 8 : 12);
  network[0] = isV6 ? 0x60 : 0x45;
  network[isV6 ? 6 : 9] = isUdp ? 17 : 6;
  const type = Buffer.from(isV6 ? [0x86, 0xdd] : [0x08, 0x00]);
  const headers = Buffer.concat([
    Buffer.alloc(12, 2),
    ...[tag, type, network],
    ...(outward ? pair : pair.toReversed()),
    ports,
  ]);
  return { headers, lengths: service === 53 ? dnsLengths : lengths };
}

export function packetLength({ headers, lengths }: Flow, random: Random): number {
  return Math.max(drawn(lengths, random), headers.length + 16);
}

/** The address of a host, the most frequent first. */
export function host(rank: number, where: keyof typeof hosts, isV6 = false): Buffer {
  const address = Buffer.alloc(isV6 ? 16 : 4);
  const mixed = Math.imul(rank + 1, 0x9e3779b1) >>> 0;
  if (isV6) {
    address.writeUInt32BE(where === 'inside' ? 0x2001_0db8 : 0x2600_0000 + (mixed >>> 12), 0);
    address.writeUInt32BE(where === 'inside' ? 0x10 + (rank % 8) : rank % 64, 4);
    address.writeUInt32BE(mixed, 12);
  } else {
    address.writeUInt32BE(where === 'inside' ? 0x0a00_0000 + rank : mixed, 0);
  }
  return address;
}

/** A rank from 0, the first the most frequent: Zipf's law with exponent 1, by its inverse. */
function zipf(random: Random, count: number): number {
  return Math.floor(Math.exp(random() * Math.log(count + 1))) - 1;
}

function drawn(values: readonly number[], random: Random): number {
  return values[Math.floor(random() * values.length)] ?? 0;
}
