import type { Program } from '../../bpf.ts';
import { type Operation, operationOf } from './operations.ts';

/** Operations that only ever go forward, and end in a verdict. */
export type Operations = readonly Operation[];

/** Whether a program can become WebAssembly, or why it is left to tcpdump. */
export type Judgement =
  | { readonly translatable: true; readonly operations: Operations }
  | { readonly translatable: false; readonly why: string };

/** As long as a program may be: to compile it, V8 takes 4 MB for 1,000 instructions (measured; a search has 200 MB in all). */
export const longestProgram = 40_000;

/**
 * Judges a program. Of what libpcap compiles for files, only `protochain` jumps backward. A `geneve` that is one of several alternatives
 * leaves the others without the offsets they read from cells: libpcap 1.10.3 then takes what its stack has there from packets before.
 */
export function judge(program: Program): Judgement {
  const not = (why: string): Judgement => ({ translatable: false, why });
  if (program.length === 0) return not('it has no instruction');
  if (program.length > longestProgram) return not(`${program.length} instructions are more than ${longestProgram}`);
  const operations: Operation[] = [];
  // Per instruction, the cells that every way to it has stored to, as bits; what nothing leads to counts as stored.
  const stored = new Uint16Array(program.length).fill(0xffff);
  stored[0] = 0;
  for (const [at, instruction] of program.entries()) {
    const operation = operationOf(instruction);
    if (operation === undefined)
      return not(`instruction ${at} has the code ${instruction.code}, operand ${instruction.k}`);
    const before = stored[at] ?? 0;
    if (operation.does === 'recall' && (before & (1 << operation.cell)) === 0)
      return not(`instruction ${at} reads a cell that may be empty`);
    const after = operation.does === 'store' ? before | (1 << operation.cell) : before;
    for (const target of targetsOf(operation, at)) {
      if (target <= at) return not(`instruction ${at} jumps backward`);
      if (target >= program.length) return not(`instruction ${at} leaves the program`);
      stored[target] = (stored[target] ?? 0) & after;
    }
    operations.push(operation);
  }
  return { translatable: true, operations };
}

/** The instructions that an operation may go on with. */
export function targetsOf(operation: Operation, at: number): number[] {
  switch (operation.does) {
    case 'return':
      return [];
    case 'jump':
      return [at + 1 + operation.by];
    case 'branch':
      return [at + 1 + operation.whenTrue, at + 1 + operation.whenFalse];
    default:
      return [at + 1];
  }
}
