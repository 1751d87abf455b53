import type { LinkLayer } from './linklayer.ts';

/** What the branches up to here have established of the packet. Forgetting any of it costs precision, never a packet. */
export interface Facts {
  /** VLAN tags that the network header is behind. */
  readonly tags: number;
  /** The packet's first type is a tag's: not known of what has a tag's type where a second tag would have it. */
  readonly firstIsTag: boolean;
  /** Behind them. */
  readonly etherType: number | undefined;
  /** The protocol has ports: it is IPv4's, or IPv6's first. */
  readonly ports: boolean;
  /** An IPv4 packet that begins its datagram. */
  readonly first: boolean;
  /** IPv6's first next header is the fragment header. */
  readonly fragment: boolean;
  /** Words that an IPv6 address may have there, as far as they are known; by their place (`placeOfWord`). */
  readonly words: readonly (number | undefined)[];
}

export const noFacts: Facts = {
  tags: 0,
  firstIsTag: false,
  etherType: undefined,
  ports: false,
  first: false,
  fragment: false,
  words: [],
};

/** What the accumulator holds: bytes of the packet, as far as this is known. */
export interface Loaded {
  readonly offset: number;
  readonly bytes: 1 | 2 | 4;
  /** Where the IPv4 header is whose length comes on top of the offset; undefined where nothing does. */
  readonly behind: number | undefined;
  readonly mask: number;
  /** What compares have established of it. */
  readonly from: number;
  readonly to: number;
}

/**
 * An IPv6 address is compared word by word, so the words are remembered: by the place of a word among those that addresses can have with
 * and without tags. Undefined for what is none.
 */
export function placeOfWord(offset: number, { network }: LinkLayer): number | undefined {
  const place = (offset - network - 8) / 4;
  return Number.isInteger(place) && place >= 0 && place < wordPlaces ? place : undefined;
}

/** Eight of the two addresses, and two more when tags push them back. */
export const wordPlaces = 10;

/** The facts without those words whose bit is not set. */
export function keepingWords(facts: Facts, needed: number): Facts {
  const isKept = (_: unknown, place: number): boolean => (needed & (1 << place)) !== 0;
  if (facts.words.every((word, place) => word === undefined || isKept(word, place))) return facts;
  return { ...facts, words: facts.words.map((word, place) => (isKept(word, place) ? word : undefined)) };
}
