import type { Hosts } from '../../sandbox/network/hosts.ts';
import { station, udpFrame } from '../../sandbox/ring/packets.ts';

/** 15 datagrams from the shop to the client: 3 without a tag, 5 with one, 7 with two (QinQ). */
export function fifteen({ shop, client }: Pick<Hosts, 'shop' | 'client'>): Buffer[] {
  const from = station('00:00:5e:00:53:02', shop);
  const to = station('00:00:5e:00:53:01', client);
  const tags = [...Array(3).fill([]), ...Array(5).fill([20]), ...Array(7).fill([100, 20])] as number[][];
  return tags.map((vlans, at) => udpFrame({ from, to, vlans }, 4000, 9996, Buffer.from(`frame ${at}`)));
}

/** What selects them, and not the errors that the client's host answers with. */
export function orderOf({ shop }: Pick<Hosts, 'shop'>) {
  return { description: 'fifteen', expression: `host ${shop} and udp port 9996` };
}
