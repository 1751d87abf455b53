import { type Operations, targetsOf } from './judge.ts';
import { cells, type Operation } from './operations.ts';
import type { Code, Label } from './wasm.ts';
import { type Place, type Registers, writeOperation } from './write-operation.ts';

/**
 * Writes a program inline: whatever the packet, it ends in a branch to `accept` or `reject`, and reads no byte outside of the packet.
 * Each instruction that is jumped to stands behind the end of a block of its own, the farthest outermost: so a jump, always forward, is
 * a branch.
 */
export function writeFilter(code: Code, operations: Operations, place: Place): void {
  const registers = openRegisters(code, operations);
  const ends = new Map<number, Label>();
  for (const target of jumpTargets(operations).reverse()) ends.set(target, code.block());
  for (const [at, operation] of operations.entries()) {
    if (ends.has(at)) code.end();
    writeOperation(code, operation, registers, place, (distance) => {
      const target = at + 1 + distance;
      return verdict(operations[target], place) ?? ends.get(target);
    });
  }
}

/** The instructions that are jumped to, in order; verdicts have labels of their own. */
function jumpTargets(operations: Operations): number[] {
  const targets = new Set<number>();
  for (const [at, operation] of operations.entries()) {
    for (const target of targetsOf(operation, at)) {
      const isVerdict = operations[target]?.does === 'return' && operations[target].value !== 'A';
      if (target !== at + 1 && !isVerdict) targets.add(target);
    }
  }
  return [...targets].sort((one, other) => one - other);
}

function verdict(operation: Operation | undefined, place: Place): Label | undefined {
  if (operation?.does !== 'return' || operation.value === 'A') return undefined;
  return operation.value === 0 ? place.reject : place.accept;
}

/** Each packet finds A and X at 0; cells are read only where they were stored to. */
function openRegisters(code: Code, operations: Operations): Registers {
  const registers = {
    A: code.local('i32'),
    X: code.local('i32'),
    cells: operations.some((operation) => 'cell' in operation)
      ? Array.from({ length: cells }, () => code.local('i32'))
      : [],
    scratch: code.local('i32'),
  };
  code.constant(0).set(registers.A);
  code.constant(0).set(registers.X);
  return registers;
}
