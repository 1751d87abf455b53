import { type Random, randomFrom } from '../sandbox/ring/random.ts';
import { host } from './flows.ts';

/** A host of the ring's (`writeRing`) in words, the most frequent first. */
export function insider(rank: number): string {
  return [...host(rank, 'inside')].join('.');
}

/** One that is not in such a ring. */
export function stranger(random: Random): string {
  const low = Math.floor(random() * 2 ** 20);
  return `172.${16 + (low >>> 16)}.${(low >>> 8) & 0xff}.${low & 0xff}`;
}

/** Addresses that are not in such a ring, two thirds of them IPv4, and of each hundred one that is, though seldom; the rare host first. */
export function listOf(length: number, rareHost: string): string[] {
  const random = randomFrom(length);
  return Array.from({ length }, (_, at) => {
    if (at === 0) return rareHost;
    if (at % 100 === 1) return insider(500 + (at % 1_500));
    return at % 3 === 2 ? `2a0b:${Math.floor(random() * 0xffff).toString(16)}::${at.toString(16)}` : stranger(random);
  });
}
