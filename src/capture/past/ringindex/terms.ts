/**
 * The kinds of term that an index knows, in the order of their sections. `ethertype` is the packet's first, `inner ethertype` one behind a
 * VLAN tag; `protocol` is IPv4's, and IPv6's first and behind a fragment header; `port` is of TCP, UDP and SCTP, from or to; `ipv4` is
 * ARP's and RARP's, too.
 */
export const kinds = ['ethertype', 'inner ethertype', 'vlan', 'protocol', 'port', 'ipv4', 'ipv6'] as const;
export type Kind = (typeof kinds)[number];

/** A packet has the term when one of its fields of that kind is from `from` to `to`, both among them. */
export interface Term {
  readonly kind: Kind;
  readonly from: bigint;
  readonly to: bigint;
}

/** Bytes of a value where it stands whole. */
export function widthOf(kind: Kind): 4 | 16 {
  return kind === 'ipv6' ? 16 : 4;
}
