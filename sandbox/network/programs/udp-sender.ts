// Sends exactly COUNT numbered datagrams, at most so many per second. Argument: the order as JSON.
// Prints {"fromPort","payloadBytes"} when the last one is out, and ends.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

type Order = { from: string; to: string; port: number; payload: string; count: number; perSecond: number };

const order = JSON.parse(process.argv[2] ?? '{}') as Order;
const socket = createSocket(order.to.includes(':') ? 'udp6' : 'udp4');
socket.bind(0, order.from);
await once(socket, 'listening');

let payloadBytes = 0;
const began = performance.now();
for (let sequence = 1; sequence <= order.count; sequence += 1) {
  const aheadMs = (sequence / order.perSecond) * 1_000 - (performance.now() - began);
  if (aheadMs > 5) await delay(aheadMs);
  const datagram = Buffer.from(`${order.payload} ${String(sequence).padStart(6, '0')}`);
  await new Promise<void>((resolve, reject) => {
    socket.send(datagram, order.port, order.to, (error) => (error ? reject(error) : resolve()));
  });
  payloadBytes += datagram.length;
}
console.log(JSON.stringify({ fromPort: socket.address().port, payloadBytes }));
socket.close();
