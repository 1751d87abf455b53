import { type Facts, type Loaded, noFacts } from './facts.ts';
import { fieldOf, masked } from './fields.ts';
import { hasPorts, isTag, type LinkLayer, mostTags } from './linklayer.ts';
import type { Term } from './terms.ts';

/** What a compare that came out one way establishes: facts, what is known of the accumulator, and the term that the packet has. */
export interface Learned {
  readonly facts: Facts;
  readonly loaded: Loaded | undefined;
  readonly term?: Term;
}

/** What follows when a compare is true, and when it is false; undefined where it cannot be. */
export interface Outcomes {
  readonly whenTrue: Learned | undefined;
  readonly whenFalse: Learned | undefined;
}

export type Compare = 'equal' | 'above' | 'at least' | 'any bit';

/** What the compare of the accumulator with a constant establishes. */
export function learn(
  compare: Compare,
  constant: number,
  loaded: Loaded | undefined,
  facts: Facts,
  layer: LinkLayer,
): Outcomes {
  const same = { facts, loaded };
  if (loaded === undefined) return { whenTrue: same, whenFalse: same };
  switch (compare) {
    case 'equal':
      return learnEqual(constant, loaded, facts, layer);
    case 'above':
      return learnOrder(constant + 1, loaded, facts, layer);
    case 'at least':
      return learnOrder(constant, loaded, facts, layer);
    case 'any bit': {
      // libpcap writes so what was a compare with zero behind a mask.
      const { whenTrue, whenFalse } = learnEqual(0, masked(loaded, constant), facts, layer);
      return { whenTrue: whenFalse && same, whenFalse: whenTrue && { ...whenTrue, loaded } };
    }
    default:
      return compare satisfies never;
  }
}

function learnEqual(constant: number, loaded: Loaded, facts: Facts, layer: LinkLayer): Outcomes {
  const same = { facts, loaded };
  const isPossible = (constant & ~loaded.mask) === 0 && constant >= loaded.from && constant <= loaded.to;
  if (!isPossible) return { whenTrue: undefined, whenFalse: same };
  const field = fieldOf(loaded, facts, layer);
  const when = (learned: Partial<Learned>): Outcomes => ({ whenTrue: { ...same, ...learned }, whenFalse: same });
  const value = BigInt(constant);
  switch (field?.is) {
    case undefined:
      return { whenTrue: same, whenFalse: same };
    case 'fragment offset':
      return (constant & 0x1fff) === 0
        ? when({ facts: { ...facts, first: true } })
        : { whenTrue: same, whenFalse: same };
    case 'ethernet type': {
      const etherType = layer.etherTypeOf(constant);
      if (etherType === undefined) return { whenTrue: same, whenFalse: same };
      if (facts.etherType === etherType && etherType === constant) return { whenTrue: same, whenFalse: undefined };
      if (facts.etherType !== undefined && facts.etherType !== etherType)
        return { whenTrue: undefined, whenFalse: same };
      const kind = facts.tags === 0 ? 'ethertype' : 'inner ethertype';
      const isLookedBehind = layer.tagged && isTag(etherType) && facts.tags < mostTags;
      const behind = isLookedBehind
        ? { ...facts, tags: facts.tags + 1, firstIsTag: facts.tags === 0 || facts.firstIsTag }
        : { ...facts, etherType };
      return when({ facts: behind, term: { kind, from: BigInt(etherType), to: BigInt(etherType) } });
    }
    case 'tag type':
      // Which tag it was is forgotten, but that it was one is not.
      return isTag(constant) ? { whenTrue: same, whenFalse: same } : { whenTrue: undefined, whenFalse: same };
    case 'second type':
      // A second `vlan` of an expression looks there, whatever the first type is, and at all else behind it.
      return isTag(constant)
        ? when({ facts: { ...noFacts, tags: 2 }, term: { kind: 'inner ethertype', from: value, to: value } })
        : { whenTrue: same, whenFalse: same };
    case 'vlan':
      return when({ term: { kind: 'vlan', from: value, to: value } });
    case 'protocol':
      return when({
        facts: { ...facts, ports: hasPorts(constant), fragment: field.isChain && constant === 44 },
        term: { kind: 'protocol', from: value, to: value },
      });
    case 'further protocol':
      return when({ term: { kind: 'protocol', from: value, to: value } });
    case 'port':
      return when({ term: { kind: 'port', from: value, to: value } });
    case 'ipv4':
      return when({ term: { kind: 'ipv4', from: value, to: BigInt((constant | ~loaded.mask) >>> 0) } });
    case 'ipv6': {
      const known = facts.words[field.place];
      if (known !== undefined) {
        const isEqual = (known & loaded.mask) >>> 0 === constant;
        return isEqual ? { whenTrue: same, whenFalse: undefined } : { whenTrue: undefined, whenFalse: same };
      }
      const term = addressTerm(field.before, constant, (constant | ~loaded.mask) >>> 0);
      if (loaded.mask !== 0xffff_ffff) return when({ term });
      const words = Array.from({ length: Math.max(facts.words.length, field.place + 1) }, (_, place) =>
        place === field.place ? constant : facts.words[place],
      );
      return when({ facts: { ...facts, words }, term });
    }
    default:
      return field satisfies never;
  }
}

/** Any block has some port of a wider range. */
const mostPorts = 16_384;

/** The accumulator is at least `bound`, or below it. */
function learnOrder(bound: number, loaded: Loaded, facts: Facts, layer: LinkLayer): Outcomes {
  const same = { facts, loaded };
  const field = fieldOf(loaded, facts, layer);
  // Of other fields people do not ask for ranges but by masks.
  if (field?.is !== 'port') return { whenTrue: same, whenFalse: same };
  const within = (from: number, to: number): Learned | undefined => {
    if (from > to) return undefined;
    const learned = { facts, loaded: { ...loaded, from, to } };
    return to - from < mostPorts ? { ...learned, term: { kind: 'port', from: BigInt(from), to: BigInt(to) } } : learned;
  };
  return {
    whenTrue: within(Math.max(loaded.from, bound), loaded.to),
    whenFalse: within(loaded.from, Math.min(loaded.to, bound - 1)),
  };
}

/** The addresses that begin with these words, then have one from `from` to `to`. */
function addressTerm(before: readonly number[], from: number, to: number): Term {
  const begin = before.reduce((value, word) => (value << 32n) | BigInt(word), 0n);
  const rest = BigInt(96 - before.length * 32);
  const whole = (word: number, filling: bigint): bigint => (((begin << 32n) | BigInt(word)) << rest) | filling;
  return { kind: 'ipv6', from: whole(from, 0n), to: whole(to, (1n << rest) - 1n) };
}
