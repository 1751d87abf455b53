/** A promise of the product, held against what was found. */
export interface Held {
  readonly promise: string;
  /** What was measured, in words and figures. */
  readonly found: readonly string[];
  readonly holds: boolean;
}

/** The middle one. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** What 95 of 100 are not above. */
export function p95(values: readonly number[]): number {
  return quantile(values, 0.95);
}

/** Median and p95 in a row's words. */
export function spread(values: readonly number[], unit: string): string {
  return `median ${median(values).toFixed(0)} ${unit}, p95 ${p95(values).toFixed(0)} ${unit}`;
}

/** What this share of them is not above. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
