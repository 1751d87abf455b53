import { type Hosts, type Side, sideOf } from './hosts.ts';
import { type Command, fixture, type Program, startProgram } from './program.ts';

type RunOn = (file: string, args: readonly string[], side: Side) => Command;

/** Exactly which datagrams to send: payloads are `PAYLOAD 000001`, `PAYLOAD 000002`, ... */
export type Datagrams = {
  count: number;
  to: string;
  port: number;
  payload: string;
  /** The sender's address; by default the client, or the shop when the client is the target. */
  from?: string;
  /** At most so many per second; the default of 5,000 is lossless for tcpdump's default buffer. */
  perSecond?: number;
};

/** What was sent: one flow, so many datagrams, their bytes in UDP payload and in whole frames as tcpdump counts them. */
export type Sent = {
  count: number;
  from: string;
  fromPort: number;
  to: string;
  port: number;
  payloadBytes: number;
  frameBytes: number;
  /** Datagrams that arrived at the target; undefined when another program already listened on that port. */
  received: number | undefined;
};

/** The traffic on a network: HTTP, DNS and a beacon in the background, and an exact sender for proofs. */
export class Traffic {
  readonly #hosts: Hosts;
  readonly #runOn: RunOn;
  #background: Program[] = [];

  constructor(hosts: Hosts, runOn: RunOn) {
    this.#hosts = hosts;
    this.#runOn = runOn;
  }

  /** Starts the background: a web page and a name every `everyMs` milliseconds (1,000 by default), a beacon each second. */
  async start({ everyMs = 1_000 }: { everyMs?: number } = {}): Promise<void> {
    if (this.#background.length > 0) return;
    const hosts = JSON.stringify(this.#hosts);
    await this.#startOne('servers', 'peer', hosts);
    await this.#startOne('clients', 'sensor', hosts, String(everyMs));
  }

  async stop(): Promise<void> {
    const ending = this.#background.splice(0).reverse();
    for (const program of ending) await program.close();
  }

  /** Sends exactly these datagrams and nothing else: no ARP, no answer, no ICMP error. Resolves when all have arrived. */
  async send(datagrams: Datagrams): Promise<Sent> {
    const { count, to, port, payload, perSecond = 5_000 } = datagrams;
    const from = datagrams.from ?? defaultSender(this.#hosts, to);
    const sink = await startProgram(
      this.#on(fixture('udp-sink', to, String(port), String(count)), sideOf(this.#hosts, to)),
    );
    try {
      const order = JSON.stringify({ from, to, port, payload, count, perSecond });
      const sender = await startProgram(this.#on(fixture('udp-sender', order), sideOf(this.#hosts, from)));
      await sender.program.close();
      const { fromPort, payloadBytes } = JSON.parse(sender.firstLine) as { fromPort: number; payloadBytes: number };
      sink.program.endInput();
      const received = sink.firstLine === 'listening' ? Number(await sink.program.nextLine()) : undefined;
      const headers = 14 + (to.includes(':') ? 40 : 20) + 8;
      return { count, from, fromPort, to, port, payloadBytes, frameBytes: payloadBytes + count * headers, received };
    } finally {
      await sink.program.close();
    }
  }

  async #startOne(name: string, side: Side, ...args: string[]): Promise<void> {
    const { program } = await startProgram(this.#on(fixture(name, ...args), side));
    this.#background.push(program);
  }

  #on({ file, args }: Command, side: Side): Command {
    return this.#runOn(file, args, side);
  }
}

function defaultSender(hosts: Hosts, to: string): string {
  const isIPv6 = to.includes(':');
  const sender =
    sideOf(hosts, to) === 'peer' ? (isIPv6 ? hosts.client6 : hosts.client) : isIPv6 ? hosts.shop6 : hosts.shop;
  if (!sender) throw new Error('this network has no IPv6');
  return sender;
}
