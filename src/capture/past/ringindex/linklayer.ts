/**
 * How a link layer names the network protocol: what the index takes from packets and what it derives from programs both stand on this, so
 * that they cannot differ. Offsets are from the packet's first byte.
 */
export interface LinkLayer {
  /** Where the word stands that names the network protocol, and of how many bytes it is. */
  readonly offset: number;
  readonly bytes: 1 | 2 | 4;
  /** What of that word counts. */
  readonly mask: number;
  /** Where the network header begins when no VLAN tag comes between. */
  readonly network: number;
  /** Whether libpcap looks behind VLAN tags there. */
  readonly tagged: boolean;
  /** The Ethernet type that the masked word stands for; undefined where it stands for none. */
  readonly etherTypeOf: (word: number) => number | undefined;
}

export const etherTypes = { ipv4: 0x0800, arp: 0x0806, rarp: 0x8035, ipv6: 0x86dd } as const;
/** Tags of 4 bytes that are looked behind, one behind the other. */
export const mostTags = 2;

/** Whether this is one of the tags that libpcap's `vlan` knows: 802.1Q, 802.1ad and the older QinQ (pcap-filter(7)). */
export function isTag(etherType: number): boolean {
  return etherType === 0x8100 || etherType === 0x88a8 || etherType === 0x9100;
}

/** The protocols whose ports are indexed: TCP, UDP and SCTP. */
export function hasPorts(protocol: number): boolean {
  return protocol === 6 || protocol === 17 || protocol === 132;
}

/** Where a linktype (tcpdump.org/linktypes.html) has its network protocol; undefined where this is not known. */
export function linkLayerOf(linktype: number): LinkLayer | undefined {
  return layers.get(linktype);
}

const ether = { bytes: 2, mask: 0xffff, tagged: false, etherTypeOf: (word: number) => word } as const;
const loopback = {
  offset: 0,
  bytes: 4,
  mask: 0xffff_ffff,
  network: 4,
  tagged: false,
  etherTypeOf: (word: number) => families.get(word) ?? families.get(swapped(word)),
} as const;
const raw = {
  offset: 0,
  bytes: 1,
  mask: 0xf0,
  network: 0,
  tagged: false,
  etherTypeOf: (word: number) => (word === 0x40 ? etherTypes.ipv4 : word === 0x60 ? etherTypes.ipv6 : undefined),
} as const;

const layers: ReadonlyMap<number, LinkLayer> = new Map<number, LinkLayer>([
  [0, loopback], // NULL: in the byte order of whoever wrote it
  [1, { ...ether, offset: 12, network: 14, tagged: true }], // ETHERNET
  [12, raw], // DLT_RAW of Linux
  [101, raw],
  [108, loopback],
  [113, { ...ether, offset: 14, network: 16 }], // LINUX_SLL
  [276, { ...ether, offset: 0, network: 20 }], // LINUX_SLL2
]);

/** AF_INET, and AF_INET6 of Linux, NetBSD and OpenBSD, FreeBSD, macOS. */
const families: ReadonlyMap<number, number> = new Map<number, number>([
  [2, etherTypes.ipv4],
  ...[10, 24, 28, 30].map((family) => [family, etherTypes.ipv6] as const),
]);

function swapped(word: number): number {
  return (((word & 0xff) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
}
