// The peer's hosts: a web shop and a resolver. Arguments: HOSTS as JSON. Prints `ready`; ends with stdin.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Hosts } from '../hosts.ts';
import { dnsAnswer, nameAsked } from './dns-message.ts';
import { ownerEnded } from './owner-ended.ts';

const hosts = JSON.parse(process.argv[2] ?? '{}') as Hosts;
await serveShop(hosts.shop);
if (hosts.shop6) await serveShop(hosts.shop6);
await answerNames();
console.log('ready');
await ownerEnded();
process.exit();

async function serveShop(address: string): Promise<void> {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(`<h1>shop.example</h1><p>${request.url}</p>\n${'<li>a thing to buy</li>\n'.repeat(100)}`);
  });
  server.listen(hosts.httpPort, address);
  await once(server, 'listening');
}

async function answerNames(): Promise<void> {
  const socket = createSocket('udp4');
  socket.on('message', (query, asker) => {
    const known = nameAsked(query) === 'shop.example';
    socket.send(dnsAnswer(query, known ? hosts.shop : undefined), asker.port, asker.address);
  });
  socket.bind(hosts.dnsPort, hosts.resolver);
  await once(socket, 'listening');
}
