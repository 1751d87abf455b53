import { startGuard } from './guard.ts';
import { type Hosts, loopbackHosts, namespaceHosts, type Side } from './hosts.ts';
import { type NamespacePair, pairName, removePair, removeStale } from './namespaces.ts';
import { thisOwner } from './owner.ts';
import type { Command } from './program.ts';
import { Traffic } from './traffic.ts';
import { layWire, tap, wire } from './wire.ts';

/** What another process needs to use the network: plain values, good as JSON. */
export type NetworkDescription = {
  kind: 'namespace' | 'loopback';
  /** The tapped interface, to be named inside the sensor's namespace. */
  interface: string;
  /** The other end of the wire, inside the peer's namespace. */
  peerInterface: string;
  hosts: Hosts;
  namespaces: NamespacePair | undefined;
  /** One sentence for a person: what this network is. */
  says: string;
};

let opened = 0;

/**
 * Opens a wire with hosts on it: two network namespaces of this process's own, or loopback where they are not
 * permitted (`kind: 'loopback'` asks for that). First removes what earlier runs left whose owner is dead.
 */
export async function openNetwork(
  options: { name?: string; kind?: NetworkDescription['kind'] } = {},
): Promise<Network> {
  if (options.kind === 'loopback') return new Network(loopback('as asked'), 'outside', async () => {});
  opened += 1;
  const pair = pairName(options.name ?? 'demo', thisOwner(), opened);
  const dismissGuard = startGuard(pair);
  try {
    await removeStale();
    const hosts = await layWire(pair, namespaceHosts);
    return new Network(inNamespaces(pair, hosts), 'outside', async () => {
      await removePair(pair);
      dismissGuard();
    });
  } catch (error) {
    // Where nothing could be made, nothing can be removed either; the guard and the next open are there for the rest.
    await removePair(pair).catch(() => {});
    dismissGuard();
    if (options.kind === 'namespace') throw new Error('cannot set up network namespaces', { cause: error });
    return new Network(
      loopback(`network namespaces are not permitted here: ${lastLine(error)}`),
      'outside',
      async () => {},
    );
  }
}

/** The network as seen by a process that already runs inside the sensor's namespace; closing it leaves the wire standing. */
export function joinNetwork(description: NetworkDescription): Network {
  return new Network(description, 'sensor', async () => {});
}

/** A wire with hosts and traffic on it. Close it: that ends everything that runs inside, then removes the namespaces. */
export class Network {
  readonly description: NetworkDescription;
  readonly traffic: Traffic;
  readonly #standing: 'outside' | 'sensor';
  readonly #remove: () => Promise<void>;

  constructor(description: NetworkDescription, standing: 'outside' | 'sensor', remove: () => Promise<void>) {
    this.description = description;
    this.traffic = new Traffic(description.hosts, (file, args, side) => this.command(file, args, side));
    this.#standing = standing;
    this.#remove = remove;
  }

  get kind(): NetworkDescription['kind'] {
    return this.description.kind;
  }

  get interface(): string {
    return this.description.interface;
  }

  get hosts(): Hosts {
    return this.description.hosts;
  }

  get says(): string {
    return this.description.says;
  }

  /** What to spawn so that `file` runs on that side of the wire; `ip netns exec` keeps the pid, so signals reach it. */
  command(file: string, args: readonly string[], side: Side = 'sensor'): Command {
    const { namespaces } = this.description;
    if (!namespaces || side === this.#standing) return { file, args: [...args] };
    return { file: 'ip', args: ['netns', 'exec', namespaces[side], file, ...args] };
  }

  async close(): Promise<void> {
    await this.traffic.stop();
    await this.#remove();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function inNamespaces(pair: NamespacePair, hosts: Hosts): NetworkDescription {
  const { client, shop } = hosts;
  return {
    ...{ kind: 'namespace', interface: tap.interface, peerInterface: wire.interface, hosts, namespaces: pair },
    says: `A wire of its own: ${client} on ${tap.interface} in namespace ${pair.sensor}, ${shop} (shop.example) and others in ${pair.peer}.`,
  };
}

function loopback(why: string): NetworkDescription {
  const { client, shop } = loopbackHosts;
  return {
    ...{ kind: 'loopback', interface: 'lo', peerInterface: 'lo', hosts: loopbackHosts, namespaces: undefined },
    says: `Loopback (${why}): ${client} talks to ${shop} (shop.example) on lo, among whatever else uses lo.`,
  };
}

function lastLine(error: unknown): string {
  const text = error instanceof Error && 'stderr' in error && error.stderr ? String(error.stderr) : String(error);
  return text.trim().split('\n').at(-1) ?? '';
}
