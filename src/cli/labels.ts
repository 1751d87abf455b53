/** A label and what it says. */
export type Row = readonly [label: string, value: string];

/** Rows as `Label:   value`, the values below each other; as wide as the longest label, or wider where `width` says so. */
export function labelled(rows: readonly Row[], width = 0): string[] {
  const column = Math.max(width, ...rows.map(([label]) => label.length + 2));
  return rows.map(([label, value]) => `${`${label}:`.padEnd(column)}${value}`.trimEnd());
}
