import type { Program } from '../../bpf.ts';
import { type Operation, operationOf } from './operations.ts';

/** Operations that only ever go forward, and end in a verdict. */
export type Operations = readonly Operation[];

/** Whether a program can become WebAssembly, or why it is left to tcpdump. */
export type Judgement =
  | { readonly translatable: true; readonly operations: Operations }
  | { readonly translatable: false; readonly why: string };

/** As long as a program may be: more than libpcap makes of the longest expression within its patience. Instructions. */
export const longestProgram = 100_000;

/** Judges a program. Of what libpcap compiles for files, only `protochain` jumps backward. */
export function judge(program: Program): Judgement {
  const not = (why: string): Judgement => ({ translatable: false, why });
  if (program.length === 0) return not('it has no instruction');
  if (program.length > longestProgram) return not(`it has ${program.length} instructions, over ${longestProgram}`);
  const operations: Operation[] = [];
  for (const [at, instruction] of program.entries()) {
    const operation = operationOf(instruction);
    if (operation === undefined)
      return not(`instruction ${at} has the code ${instruction.code}, operand ${instruction.k}`);
    for (const target of targetsOf(operation, at)) {
      if (target <= at) return not(`instruction ${at} jumps backward`);
      if (target >= program.length) return not(`instruction ${at} leaves the program`);
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
    case 'keep':
      return [at + 1 + operation.by];
    case 'branch':
    case 'look up':
      return [at + 1 + operation.whenTrue, at + 1 + operation.whenFalse];
    default:
      return [at + 1];
  }
}
