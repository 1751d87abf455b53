// The sensor side's hosts: one that buys, asks for names, and has something odd on it that calls out every second.
// Arguments: HOSTS as JSON, milliseconds between purchases. Prints `ready` after the first page; ends with stdin.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { get } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Hosts } from '../hosts.ts';
import { dnsQuery } from './dns-message.ts';
import { ownerEnded } from './owner-ended.ts';

const hosts = JSON.parse(process.argv[2] ?? '{}') as Hosts;
const everyMs = Number(process.argv[3]);
const names = ['shop.example', 'mail.example', 'shop.example', 'update.example'];
const resolverSocket = createSocket('udp4');
const beaconSocket = createSocket('udp4');
// Nobody listens at the beacon's target: the answer is an ICMP error, which belongs to the scene.
beaconSocket.on('error', () => {});
resolverSocket.bind(0, hosts.client);
beaconSocket.bind(0, hosts.client);
await Promise.all([once(resolverSocket, 'listening'), once(beaconSocket, 'listening')]);

let visits = 0;
await visit();
beacon();
console.log('ready');
setInterval(() => void visit().catch((error) => console.error(String(error))), everyMs);
setInterval(beacon, 1_000);
await ownerEnded();
process.exit();

/** Asks for a name, then for a page; every third page over IPv6 where there is one. */
async function visit(): Promise<void> {
  visits += 1;
  const name = names[visits % names.length] ?? 'shop.example';
  resolverSocket.send(dnsQuery(visits & 0xffff, name), hosts.dnsPort, hosts.resolver);
  const overIPv6 = visits % 3 === 0 && hosts.shop6 && hosts.client6;
  const request = get({
    host: overIPv6 ? hosts.shop6 : hosts.shop,
    localAddress: overIPv6 ? hosts.client6 : hosts.client,
    port: hosts.httpPort,
    path: `/basket?visit=${visits}`,
    headers: { host: 'shop.example', 'user-agent': 'sandbox' },
    agent: false,
  });
  const [response] = await once(request, 'response');
  await text(response);
}

function beacon(): void {
  beaconSocket.send(`alive ${Math.round(process.uptime())}`, hosts.beaconPort, hosts.beaconTarget);
}
