import type { Program } from '../../bpf.ts';
import type { HostProgram } from '../filter/hosts.ts';
import { type Condition, combined, type Node } from './condition.ts';
import { conditionOf } from './derive.ts';
import type { Term } from './terms.ts';

/**
 * What every packet must fulfil that a program accepts and one of the hosts' programs, for packets of a linktype.
 * @param hosts as they are compiled for files of that linktype; null without a list
 */
export function searchConditionOf(program: Program, hosts: readonly HostProgram[] | null, linktype: number): Condition {
  const own = conditionOf(program, linktype);
  if (hosts === null) return own;
  const nothing: Condition = [{ is: 'nothing' }];
  const listed = hosts.reduce((all, host) => combined('either', all, hostConditionOf(host, linktype)), nothing);
  return combined('both', own, listed);
}

/**
 * The condition of a program that asks a table where it compares with an address: that of the program as it is, with the table in the place
 * of the address. It holds since what the compares establish is nowhere used: the last that is true accepts the packet, and one whose
 * address is not in the table goes on where the first compare is false, of which nothing is learned.
 */
function hostConditionOf({ program, standIn }: HostProgram, linktype: number): Condition {
  const condition = conditionOf(program, linktype);
  if (standIn === null) return condition;
  const { words, table } = standIn;
  const last = words.at(-1);
  const isKept = program.every(({ code, k, jt }, at) => code !== 0x15 || k !== last || accepts(program, at + 1 + jt));
  if (!isKept) return [{ is: 'everything' }];
  const address = addressOf(words);
  const isAddress = ({ from }: Term): boolean =>
    from === (table.family === 4 ? address : address << BigInt(128 - words.length * 32));
  return condition.map((node): Node => {
    if (node.is !== 'term' || (node.term.kind !== 'ipv4' && node.term.kind !== 'ipv6')) return node;
    return isAddress(node.term) ? { is: 'listed', table } : { is: 'everything' };
  });
}

function accepts(program: Program, at: number): boolean {
  const instruction = program[at];
  return instruction?.code === 0x06 && instruction.k !== 0;
}

function addressOf(words: readonly number[]): bigint {
  return words.reduce((value, word) => (value << 32n) | BigInt(word), 0n);
}
