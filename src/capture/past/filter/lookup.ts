import type { PlacedTable } from './operations.ts';
import type { Code, Local } from './wasm.ts';

const wordBytes = 4;

/**
 * Writes the look-up of an address in a table: 1 on the stack where one of its ranges has it, else 0. A binary search without a branch
 * that a processor could guess wrong, and without a loop: how many steps it takes is known here.
 * @param address its words, most significant first
 * @param range for the address of a range in memory
 */
export function writeLookUp(code: Code, table: PlacedTable, address: readonly Local[], range: Local): void {
  const rangeBytes = 2 * table.words * wordBytes;
  code.constant(table.at).set(range);
  // The range is one of so many, the first of them where all begin behind the address.
  for (let left = table.entries; left > 1; ) {
    const half = left >> 1;
    code
      .get(range)
      .constant(half * rangeBytes)
      .op('i32.add')
      .get(range);
    writeCompare(code, { range, offset: half * rangeBytes }, address, 'at most');
    code.op('select').set(range);
    left -= half;
  }
  writeCompare(code, { range, offset: 0 }, address, 'at most');
  writeCompare(code, { range, offset: table.words * wordBytes }, address, 'at least');
  code.op('i32.and');
}

/** Whether the bound of a range that stands there is at most, or at least, the address: by the first word in which they differ. */
function writeCompare(
  code: Code,
  { range, offset }: { readonly range: Local; readonly offset: number },
  address: readonly Local[],
  is: 'at most' | 'at least',
): void {
  const [strictly, orSame] =
    is === 'at most' ? (['i32.lt_u', 'i32.le_u'] as const) : (['i32.gt_u', 'i32.ge_u'] as const);
  const bound = (word: number, local: Local): Code =>
    code
      .get(range)
      .access('i32.load', offset + word * wordBytes)
      .get(local);
  for (const [word, local] of [...address.entries()].reverse()) {
    if (word === address.length - 1) {
      bound(word, local).op(orSame);
      continue;
    }
    bound(word, local).op('i32.eq', 'i32.and');
    bound(word, local).op(strictly, 'i32.or');
  }
}
