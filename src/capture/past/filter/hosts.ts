import type { Program } from '../../bpf.ts';
import type { AddressTable } from '../../indicators.ts';
import { judge, type Operations, targetsOf } from './judge.ts';
import type { Operation, PlacedTable } from './operations.ts';

/** A program of libpcap that looks for hosts of a list. */
export interface HostProgram {
  readonly program: Program;
  /** An address that the program compares with, word by word, and the table that is asked instead; null for a program that is taken as it is. */
  readonly standIn: { readonly words: readonly number[]; readonly table: AddressTable } | null;
}

/**
 * A program with a look-up in the place of each comparison with its stand-in. libpcap compares an IPv6 address word by word and gives up at
 * the first that differs: here the words are kept, and looked up together when the last is there.
 * @throws Error where the program is not what libpcap makes of one address: rather no answer than a wrong one
 */
export function hostOperations({ program, standIn }: HostProgram, table: PlacedTable | null): Operations {
  const judgement = judge(program);
  if (!judgement.translatable) throw unexpected(judgement.why);
  const { operations } = judgement;
  if (standIn === null || table === null) return operations;
  const { words } = standIn;
  if (words.length !== table.words) throw unexpected(`${words.length} words for a table of ${table.words}`);
  const asked = new Map<number, Operation>();
  for (const [at, operation] of operations.entries())
    if (comparesWith(operation, words[0]))
      for (const [place, one] of lookUpFrom(operations, at, words, table)) asked.set(place, one);
  if (asked.size === 0) throw unexpected('it compares with no word of its address');
  for (const [at, operation] of operations.entries())
    if (words.some((word) => usesWord(operation, word)) && !asked.has(at))
      throw unexpected(`operation ${at} uses a word of its address otherwise`);
  return operations.map((operation, at) => asked.get(at) ?? operation);
}

/** What takes the place of the comparisons of one address, from that of its first word on. */
function lookUpFrom(
  operations: Operations,
  first: number,
  words: readonly number[],
  table: PlacedTable,
): Map<number, Operation> {
  const asked = new Map<number, Operation>();
  let at = first;
  const differs = targetWhen(operations, at, 'whenFalse');
  for (const [place, word] of words.entries()) {
    const operation = operations[at];
    if (!comparesWith(operation, word)) throw unexpected(`word ${place} of an address is not compared at ${at}`);
    if (targetWhen(operations, at, 'whenFalse') !== differs)
      throw unexpected(`at ${at} it goes on elsewhere than for word 0`);
    const { whenTrue, whenFalse } = operation;
    if (place === words.length - 1) asked.set(at, { does: 'look up', table, whenTrue, whenFalse });
    else {
      asked.set(at, { does: 'keep', word: place, by: whenTrue });
      at = nextComparison(operations, at);
    }
  }
  return asked;
}

/** The comparison of the next word, to which nothing leads but the one of the word before: only a load stands in between. */
function nextComparison(operations: Operations, from: number): number {
  let before = from;
  let at = targetWhen(operations, from, 'whenTrue');
  for (;;) {
    if (comingTo(operations, at).some((other) => other !== before))
      throw unexpected(`more than one way leads to ${at}`);
    const operation = operations[at];
    if (operation?.does === 'branch') return at;
    if (operation?.does !== 'load' && operation?.does !== 'recall')
      throw unexpected(`operation ${at} is no load of a word`);
    before = at;
    at += 1;
  }
}

function comingTo(operations: Operations, at: number): number[] {
  return operations.flatMap((operation, from) => (targetsOf(operation, from).includes(at) ? [from] : []));
}

type Comparison = Extract<Operation, { does: 'branch' }>;

function comparesWith(operation: Operation | undefined, word: number | undefined): operation is Comparison {
  return operation?.does === 'branch' && operation.comparison === '=' && operation.operand === word;
}

function usesWord(operation: Operation, word: number): boolean {
  return (
    ('operand' in operation && operation.operand === word) ||
    (operation.does === 'constant' && operation.value === word)
  );
}

function targetWhen(operations: Operations, at: number, way: 'whenTrue' | 'whenFalse'): number {
  const operation = operations[at];
  if (operation?.does !== 'branch') throw unexpected(`operation ${at} is no comparison`);
  return at + 1 + operation[way];
}

function unexpected(why: string): Error {
  return new Error(`the program for hosts of a list is not as expected: ${why}`);
}
