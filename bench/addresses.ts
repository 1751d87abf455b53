import { type Random, randomFrom } from '../sandbox/ring/random.ts';

/** As the ring's hosts are made (`writeRing`), the most frequent first. */
export function hostAt(rank: number): number {
  return 0x0a000001 + ((rank * 2_654_435_761) % 2 ** 24);
}

export function addressOf(host: number): string {
  return [24, 16, 8, 0].map((shift) => (host >>> shift) & 0xff).join('.');
}

/** Addresses that are not in such a ring, two thirds of them IPv4, and of each hundred one that is, though seldom; the rare host first. */
export function listOf(length: number, rareHost: string): string[] {
  const random = randomFrom(length);
  return Array.from({ length }, (_, at) => {
    if (at === 0) return rareHost;
    const present = at % 100 === 1;
    const host = present ? hostAt(5_000 + (at % 15_000)) : 0xac100000 + Math.floor(random() * 2 ** 20);
    return at % 3 === 2 ? ipv6(random, host) : addressOf(host);
  });
}

function ipv6(random: Random, host: number): string {
  const net = random() < 0.5 ? '2001:db8' : `2a0b:${Math.floor(random() * 0xffff).toString(16)}`;
  return `${net}::${(host >>> 16).toString(16)}:${(host & 0xffff).toString(16)}`;
}
