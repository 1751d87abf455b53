import { type Facts, type Loaded, placeOfWord } from './facts.ts';
import { etherTypes, type LinkLayer } from './linklayer.ts';

/** Which field of the packet a load is, by what is known of the packet. */
export type Field =
  | {
      readonly is:
        | 'ethernet type'
        | 'tag type'
        | 'second type'
        | 'vlan'
        | 'fragment offset'
        | 'further protocol'
        | 'port'
        | 'ipv4';
    }
  /** `isChain`: IPv6's next header. */
  | { readonly is: 'protocol'; readonly isChain: boolean }
  /** A word of an address, its place (`placeOfWord`), and the words before it in the same address. */
  | { readonly is: 'ipv6'; readonly place: number; readonly before: readonly number[] };

const wholes = { 1: 0xff, 2: 0xffff, 4: 0xffff_ffff } as const;

/** A load of so many bytes of which nothing is known yet. */
export function load(offset: number, bytes: 1 | 2 | 4, behind?: number): Loaded {
  return { offset, bytes, behind, mask: wholes[bytes], from: 0, to: wholes[bytes] };
}

/** What is left of a load behind a mask. */
export function masked(loaded: Loaded, by: number): Loaded {
  const mask = (loaded.mask & by) >>> 0;
  return { ...loaded, mask, from: 0, to: mask };
}

/**
 * The field that was loaded; undefined where nothing says that it is one, and nothing may be derived from it. `PacketTerms` notes
 * every one of these, whenever the load succeeds.
 */
export function fieldOf(loaded: Loaded, facts: Facts, layer: LinkLayer): Field | undefined {
  const network = layer.network + facts.tags * 4;
  if (loaded.behind !== undefined) return portOf(loaded, facts, network);
  const at = loaded.offset - network;
  const isWhole = loaded.mask === wholes[loaded.bytes];
  const isTyped = loaded.bytes === layer.bytes && loaded.mask === layer.mask;
  if (isTyped && loaded.offset === layer.offset + facts.tags * 4) return { is: 'ethernet type' };
  if (loaded.bytes === 2) {
    if (isWhole && isKnownTag(loaded.offset, facts, layer)) return { is: 'tag type' };
    if (isWhole && layer.tagged && facts.tags === 0 && loaded.offset === layer.offset + 4) return { is: 'second type' };
    if (loaded.mask === 0x0fff && at === -4 && facts.tags > 0) return { is: 'vlan' };
  }
  switch (facts.etherType) {
    case etherTypes.ipv4:
      if (loaded.bytes === 4 && (at === 12 || at === 16)) return { is: 'ipv4' };
      if (loaded.bytes === 1 && isWhole && at === 9) return { is: 'protocol', isChain: false };
      return loaded.bytes === 2 && (loaded.mask & 0x1fff) === 0x1fff && at === 6
        ? { is: 'fragment offset' }
        : undefined;
    case etherTypes.arp:
    case etherTypes.rarp:
      return loaded.bytes === 4 && (at === 14 || at === 24) ? { is: 'ipv4' } : undefined;
    case etherTypes.ipv6:
      return ipv6FieldOf(loaded, at, isWhole, facts, layer);
    default:
      return undefined;
  }
}

/** Whether the type of one of the tags is there that are known to be. */
function isKnownTag(offset: number, { tags, firstIsTag }: Facts, layer: LinkLayer): boolean {
  return (offset === layer.offset && firstIsTag) || (offset === layer.offset + 4 && tags > 1);
}

/** Ports of IPv4 stand behind a header of varying length. */
function portOf({ offset, bytes, behind, mask }: Loaded, facts: Facts, network: number): Field | undefined {
  const isPort = behind === network && (offset === network || offset === network + 2) && bytes === 2 && mask === 0xffff;
  return isPort && facts.etherType === etherTypes.ipv4 && facts.ports && facts.first ? { is: 'port' } : undefined;
}

function ipv6FieldOf(loaded: Loaded, at: number, isWhole: boolean, facts: Facts, layer: LinkLayer): Field | undefined {
  if (loaded.bytes === 1 && isWhole && at === 6) return { is: 'protocol', isChain: true };
  if (loaded.bytes === 1 && isWhole && at === 40 && facts.fragment) return { is: 'further protocol' };
  if (loaded.bytes === 2 && isWhole && (at === 40 || at === 42) && facts.ports) return { is: 'port' };
  const place = placeOfWord(loaded.offset, layer);
  if (loaded.bytes !== 4 || at < 8 || at >= 40 || place === undefined) return undefined;
  const before = facts.words.slice(place - (((at - 8) / 4) % 4), place);
  const known = before.filter((word) => word !== undefined);
  return known.length === ((at - 8) / 4) % 4 ? { is: 'ipv6', place, before: known } : undefined;
}
