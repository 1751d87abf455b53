/** Where a program runs: beside tcpdump, or at the other end of the wire. */
export type Side = 'sensor' | 'peer';

/** The addresses and ports that the traffic uses. IPv6 addresses are undefined where the kernel has none to give. */
export type Hosts = {
  client: string;
  client6: string | undefined;
  shop: string;
  shop6: string | undefined;
  resolver: string;
  beaconTarget: string;
  httpPort: number;
  dnsPort: number;
  beaconPort: number;
};

/** Documentation addresses only (RFC 5737, RFC 3849): nothing in a demo may look like somebody's real host. */
export const namespaceHosts: Hosts = {
  client: '198.51.100.10',
  client6: '2001:db8::10',
  shop: '192.0.2.7',
  shop6: '2001:db8::7',
  resolver: '192.0.2.53',
  beaconTarget: '203.0.113.66',
  httpPort: 80,
  dnsPort: 53,
  beaconPort: 4444,
};

/** The same cast on loopback; high ports, because 53 and 80 on 127.0.0.x may be the machine's own services. */
export const loopbackHosts: Hosts = {
  client: '127.0.0.10',
  client6: undefined,
  shop: '127.0.0.7',
  shop6: undefined,
  resolver: '127.0.0.54',
  beaconTarget: '127.0.0.66',
  httpPort: 18_080,
  dnsPort: 10_053,
  beaconPort: 4444,
};

/** The side that owns an address; an address that is nobody's is refused, so that no packet leaves the sandbox. */
export function sideOf(hosts: Hosts, address: string): Side {
  if (address === hosts.client || address === hosts.client6) return 'sensor';
  if ([hosts.shop, hosts.shop6, hosts.resolver, hosts.beaconTarget].includes(address)) return 'peer';
  throw new Error(`${address} is not a host of this network; it has ${addressesOf(hosts).join(', ')}`);
}

function addressesOf(hosts: Hosts): string[] {
  const all = [hosts.client, hosts.client6, hosts.shop, hosts.shop6, hosts.resolver, hosts.beaconTarget];
  return all.filter((address) => address !== undefined);
}
