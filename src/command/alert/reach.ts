import ipaddr from 'ipaddr.js';

/** Where an address belongs: somewhere in the internet, or to one of the ranges that mean something of their own. */
export type Reach =
  | 'public'
  | 'private'
  | 'shared'
  | 'loopback'
  | 'link-local'
  | 'multicast'
  | 'broadcast'
  | 'documentation'
  | 'benchmarking'
  | 'reserved';

type Ranges = readonly (readonly [net: string, reach: Reach])[];

/** IANA's special-purpose registries for IPv4 and IPv6 (RFC 6890), multicast, and what is reserved; the first that holds an address counts. */
const v4: Ranges = [
  ['10.0.0.0/8', 'private'],
  ['172.16.0.0/12', 'private'],
  ['192.168.0.0/16', 'private'],
  ['100.64.0.0/10', 'shared'],
  ['127.0.0.0/8', 'loopback'],
  ['169.254.0.0/16', 'link-local'],
  ['224.0.0.0/4', 'multicast'],
  ['255.255.255.255/32', 'broadcast'],
  ['192.0.2.0/24', 'documentation'],
  ['198.51.100.0/24', 'documentation'],
  ['203.0.113.0/24', 'documentation'],
  ['198.18.0.0/15', 'benchmarking'],
  ['192.0.0.0/24', 'reserved'],
  ['0.0.0.0/8', 'reserved'],
  ['240.0.0.0/4', 'reserved'],
];
const v6: Ranges = [
  ['::1/128', 'loopback'],
  ['fc00::/7', 'private'],
  ['fe80::/10', 'link-local'],
  ['ff00::/8', 'multicast'],
  ['2001:db8::/32', 'documentation'],
  ['3fff::/20', 'documentation'],
  ['2001:2::/48', 'benchmarking'],
  // NAT64 (RFC 6052): an IPv4 host of the internet behind it.
  ['64:ff9b::/96', 'public'],
  ['2000::/3', 'public'],
];
const nets = {
  ipv4: v4.map(([net, reach]) => ({ range: ipaddr.IPv4.parseCIDR(net), reach })),
  ipv6: v6.map(([net, reach]) => ({ range: ipaddr.IPv6.parseCIDR(net), reach })),
};

/** Where the addresses of a net in canonical form (`192.0.2.7/32`) belong, by its first. */
export function reachOf(net: string): Reach {
  const [address] = ipaddr.parseCIDR(net);
  const other = address.kind() === 'ipv4' ? 'public' : 'reserved';
  return nets[address.kind()].find(({ range }) => address.match(range))?.reach ?? other;
}

/** Whether an address is somebody else's, out there: examples' addresses stand for such. */
export function isOutside(reach: Reach): boolean {
  return reach === 'public' || reach === 'documentation';
}
