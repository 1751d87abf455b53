import { execa } from 'execa';
import type { Hosts } from './hosts.ts';
import type { NamespacePair } from './namespaces.ts';

/** The tapped end, in the sensor's namespace, and the other end, in the peer's. */
export const tap = { interface: 'tap0', mac: '00:00:5e:00:53:01' };
export const wire = { interface: 'wire0', mac: '00:00:5e:00:53:02' };

type End = { namespace: string; interface: string; mac: string; addresses: string[] };

/**
 * Creates both namespaces, the veth pair between them and the addresses, and proves that a program can run inside.
 * Returns the hosts that stand: without IPv6 where the kernel has none.
 */
export async function layWire(pair: NamespacePair, hosts: Hosts): Promise<Hosts> {
  for (const name of [pair.sensor, pair.peer]) await execa('ip', ['netns', 'add', name]);
  await execa('ip', [
    ...['link', 'add', tap.interface, 'address', tap.mac, 'netns', pair.sensor, 'type', 'veth'],
    ...['peer', 'name', wire.interface, 'address', wire.mac, 'netns', pair.peer],
  ]);
  const sensor: End = { namespace: pair.sensor, ...tap, addresses: [hosts.client] };
  const peer: End = { namespace: pair.peer, ...wire, addresses: [hosts.shop, hosts.resolver, hosts.beaconTarget] };
  for (const end of [sensor, peer]) await batch(end.namespace, upLines(end));
  await batch(pair.sensor, reachLines(sensor, peer));
  await batch(pair.peer, reachLines(peer, sensor));
  for (const name of [pair.sensor, pair.peer]) await execa('ip', ['netns', 'exec', name, 'true']);

  const { client6, shop6 } = hosts;
  if (!client6 || !shop6) return hosts;
  const sensor6 = { ...sensor, addresses: [client6] };
  const peer6 = { ...peer, addresses: [shop6] };
  try {
    await batch(pair.sensor, [...addressLines(sensor6), ...reachLines(sensor6, peer6)]);
    await batch(pair.peer, [...addressLines(peer6), ...reachLines(peer6, sensor6)]);
    return hosts;
  } catch {
    // A kernel without IPv6 still makes a good demo; the hosts say that there is none.
    return { ...hosts, client6: undefined, shop6: undefined };
  }
}

function upLines(end: End): string[] {
  return [
    'link set lo up',
    // No link-local address: it would bring router solicitations that nobody asked the exact sender for.
    `link set ${end.interface} addrgenmode none`,
    `link set ${end.interface} up`,
    ...addressLines(end),
  ];
}

/** IPv6 addresses live on lo: on the wire's end itself the kernel would announce them in MLD reports of its own timing. */
function addressLines(end: End): string[] {
  return end.addresses.map((address) => `address add ${address} dev ${isIPv6(address) ? 'lo' : end.interface}`);
}

/** Routes and permanent neighbours: without ARP between them, `host X` selects exactly what was sent. */
function reachLines(from: End, to: End): string[] {
  return to.addresses.flatMap((address) => [
    `route add ${address} dev ${from.interface} src ${from.addresses[0]}`,
    `neighbour add ${address} lladdr ${to.mac} dev ${from.interface} nud permanent`,
  ]);
}

async function batch(namespace: string, lines: string[]): Promise<void> {
  await execa('ip', ['-n', namespace, '-batch', '-'], { input: `${lines.join('\n')}\n` });
}

function isIPv6(address: string): boolean {
  return address.includes(':');
}
