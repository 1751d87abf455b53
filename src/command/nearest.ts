/** The known word that a person most likely meant: it begins with theirs, or is a typing slip or two away. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const typed = word.toLowerCase();
  // A hostile word may have thousands of letters; no slip is that long.
  if (typed.length < 2 || typed.length > 20) return undefined;
  const begun = known.filter((candidate) => candidate.startsWith(typed));
  if (begun.length === 1) return begun[0];
  const slips = typed.length <= 4 ? 1 : 2;
  return known
    .map((candidate) => ({ candidate, distance: editDistance(typed, candidate) }))
    .filter(({ distance }) => distance <= slips)
    .sort((one, other) => one.distance - other.distance)[0]?.candidate;
}

/** Letters inserted, left out, replaced, or swapped with their neighbour (optimal string alignment). */
export function editDistance(one: string, other: string): number {
  let twoBack: number[] = [];
  let back = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let row = 1; row <= one.length; row++) {
    const line = [row];
    for (let column = 1; column <= other.length; column++) {
      const same = one[row - 1] === other[column - 1];
      const swapped = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      line.push(
        Math.min(
          (back[column] ?? 0) + 1,
          (line[column - 1] ?? 0) + 1,
          (back[column - 1] ?? 0) + (same ? 0 : 1),
          swapped ? (twoBack[column - 2] ?? 0) + 1 : Infinity,
        ),
      );
    }
    twoBack = back;
    back = line;
  }
  return back[other.length] ?? 0;
}
