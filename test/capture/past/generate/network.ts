import { ipv4Bytes, ipv6Bytes, pools, word16, word32 } from './pools.ts';
import type { Random } from './random.ts';

/** An IPv4 packet: with options, as a fragment, with lying lengths, with anything inside. */
export function ipv4(random: Random, depth = 0): Buffer {
  const words = random.chance(0.7) ? 5 : random.between(0, 15);
  const optionBytes = Math.max(0, words - 5) * 4;
  const protocol = random.one(pools.protocol);
  const fragment = random.chance(0.75) ? 0 : random.one([0x2000, 0x2001, 0x1fff, 0x4000, random.integer(0x1_0000)]);
  const inside = transport(random, protocol, depth);
  const total = random.chance(0.9) ? 20 + optionBytes + inside.length : random.integer(0x1_0000);
  const version = random.chance(0.97) ? 4 : random.integer(16);
  return Buffer.concat([
    Buffer.from([(version << 4) | words, random.one([0, 0x10, 0xb8, 0xff])]),
    word16(total),
    random.bytes(2),
    word16(fragment),
    Buffer.from([random.integer(256), protocol]),
    random.bytes(2),
    ipv4Bytes(random.one(pools.ipv4)),
    ipv4Bytes(random.one(pools.ipv4)),
    random.bytes(optionBytes),
    inside,
  ]);
}

/** An IPv6 packet, with a chain of extension headers now and then. */
export function ipv6(random: Random, depth = 0): Buffer {
  const chain = random.chance(0.6)
    ? []
    : Array.from({ length: random.between(1, 4) }, () => random.one([0, 43, 44, 51, 60]));
  const last = random.one(pools.protocol);
  const headers = chain.map((kind, at) => {
    const next = chain[at + 1] ?? last;
    if (kind === 44)
      return Buffer.concat([Buffer.from([next, 0]), word16(random.one([0, 1, 8, 0xfff9])), random.bytes(4)]);
    // The authentication header counts in words of 4, and from another start, than the others.
    const units = random.one([0, 0, 1, 2]);
    return Buffer.concat([Buffer.from([next, units]), random.bytes(kind === 51 ? units * 4 + 6 : units * 8 + 6)]);
  });
  const inside = Buffer.concat([...headers, transport(random, last, depth)]);
  const version = random.chance(0.97) ? 6 : random.integer(16);
  return Buffer.concat([
    word32((version << 28) | random.integer(0x1_0000)),
    word16(random.chance(0.9) ? inside.length : random.integer(0x1_0000)),
    Buffer.from([chain[0] ?? last, random.integer(256)]),
    ipv6Bytes(random.one(pools.ipv6)),
    ipv6Bytes(random.one(pools.ipv6)),
    inside,
  ]);
}

/** An ARP or RARP packet for Ethernet and IPv4, or for what nobody knows. */
export function arp(random: Random): Buffer {
  return Buffer.concat([
    word16(random.chance(0.9) ? 1 : random.integer(0x1_0000)),
    word16(random.chance(0.9) ? 0x0800 : random.one(pools.ethertype)),
    Buffer.from([6, 4]),
    word16(random.between(0, 5)),
    random.bytes(6),
    ipv4Bytes(random.one(pools.ipv4)),
    random.bytes(6),
    ipv4Bytes(random.one(pools.ipv4)),
  ]);
}

/** An IP packet of either version. */
export function ip(random: Random, depth = 0): Buffer {
  return random.chance(0.65) ? ipv4(random, depth) : ipv6(random, depth);
}

function transport(random: Random, protocol: number, depth: number): Buffer {
  const payload = random.bytes(random.one([0, 1, 8, 20, 40]));
  const ports = Buffer.concat([word16(random.one(pools.port)), word16(random.one(pools.port))]);
  switch (protocol) {
    case 6: {
      const words = random.chance(0.8) ? 5 : random.integer(16);
      return Buffer.concat([
        ports,
        random.bytes(8),
        Buffer.from([words << 4, random.one([0x02, 0x10, 0x12, 0x18, 0x04, 0x11, random.integer(256)])]),
        random.bytes(6),
        payload,
      ]);
    }
    case 17: {
      if (random.chance(0.1) && depth < 3) return geneve(random);
      return Buffer.concat([ports, word16(8 + payload.length), random.bytes(2), payload]);
    }
    case 132:
      return Buffer.concat([ports, random.bytes(8), payload]);
    case 1:
    case 58:
      return Buffer.concat([
        Buffer.from([random.one([0, 3, 5, 8, 11, 128, 129, 134, 135, 136]), random.integer(4)]),
        random.bytes(6),
        payload,
      ]);
    case 4:
      return depth < 3 ? ipv4(random, depth + 1) : payload;
    case 41:
      return depth < 3 ? ipv6(random, depth + 1) : payload;
    default:
      return payload;
  }
}

/** A UDP datagram with a GENEVE header (RFC 8926) and an IPv4 packet inside. */
function geneve(random: Random): Buffer {
  const words = random.one([0, 0, 1, 3]);
  return Buffer.concat([
    word16(random.one(pools.port)),
    word16(6081),
    random.bytes(4),
    Buffer.from([(random.chance(0.9) ? 0 : 0x40) | words, 0]),
    word16(random.one([0x0800, 0x86dd, 0x6558])),
    word32((random.one([0, 7, 0xffffff]) << 8) >>> 0),
    random.bytes(words * 4),
    ip(random, 3),
  ]);
}
