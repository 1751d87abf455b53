import type { Millis } from './capture.ts';

const durationUnits: Readonly<Record<string, Millis>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const sizeUnits: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** A hundred years, and a thousand terabytes: more is a slip of the finger, and overflows times and integers. */
export const longestDuration: Millis = 36_500 * 86_400_000;
export const largestSize = 1e15;

/** `90s 30m 24h 7d` in milliseconds; undefined is not a duration, or longer than any. */
export function parseDuration(text: string): Millis | undefined {
  const match = /^(\d{1,9})\s?([smhd])$/i.exec(text.trim());
  const unit = durationUnits[match?.[2]?.toLowerCase() ?? ''];
  return upTo(longestDuration, match && unit !== undefined ? Number(match[1]) * unit : undefined);
}

/** `500MB 10GB` (powers of ten) and `4GiB` in bytes; undefined is not a size, or larger than any. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d{1,15}(?:\.\d{1,3})?)\s?([kmgt]i?b|b)$/i.exec(text.trim());
  const unit = sizeUnits[match?.[2]?.toLowerCase() ?? ''];
  return upTo(largestSize, match && unit !== undefined ? Math.floor(Number(match[1]) * unit) : undefined);
}

function upTo(most: number, quantity: number | undefined): number | undefined {
  return quantity === undefined || quantity > most ? undefined : quantity;
}

/** A size that `parseSize` reads back to the byte: the largest unit that leaves no rest. */
export function bytesInWords(bytes: number): string {
  const [unit, each] = Object.entries(sizeUnits).findLast(([name, size]) => name.length <= 2 && bytes % size === 0) ?? [
    'b',
    1,
  ];
  return `${bytes / each}${unit.toUpperCase()}`;
}

/** A duration that `parseDuration` reads back: the largest unit that leaves no rest. */
export function durationInWords(duration: Millis): string {
  const [unit, millis] = Object.entries(durationUnits).findLast(([, each]) => duration % each === 0) ?? ['s', 1_000];
  return `${Math.ceil(duration / millis)}${unit}`;
}

/** A size for people, to a thousandth. */
export function sizeInWords(bytes: number): string {
  const [unit, each] = (['TB', 'GB', 'MB'] as const)
    .map((name) => [name, sizeUnits[name.toLowerCase()] ?? 1] as const)
    .find(([, size]) => bytes >= size) ?? ['kB', 1e3];
  return `${Number((bytes / each).toFixed(3))}${unit}`;
}

/** `1 packet`, `2000 packets`, `no packets`; the number is written by `digits`. */
export function counted(
  value: number,
  one: string,
  many = `${one}s`,
  digits: (value: number) => string = String,
): string {
  return value === 0 ? `no ${many}` : `${digits(value)} ${value === 1 ? one : many}`;
}
