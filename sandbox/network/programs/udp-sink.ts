// Swallows datagrams so that no ICMP error answers them. Arguments: ADDRESS PORT COUNT. Prints `listening`, or `occupied`
// when another program listens there; after stdin's end the number of datagrams that arrived.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { ownerEnded } from './owner-ended.ts';

const [address = '', port = '', expected = ''] = process.argv.slice(2);
let received = 0;
const socket = createSocket({ type: address.includes(':') ? 'udp6' : 'udp4', recvBufferSize: 4 << 20 });
const allArrived = new Promise<void>((resolve) => {
  socket.on('message', () => {
    received += 1;
    if (received === Number(expected)) resolve();
  });
});
try {
  socket.bind(Number(port), address);
  await once(socket, 'listening');
  console.log('listening');
  await ownerEnded();
  // The sender is done, but its last datagrams may still wait in our receive queue; a lost one is not waited for forever.
  await Promise.race([allArrived, new Promise((resolve) => setTimeout(resolve, 1_000))]);
  console.log(received);
} catch (error) {
  if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
  console.log('occupied');
  await ownerEnded();
}
process.exit();
