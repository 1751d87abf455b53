import type { Socket } from 'node:dgram';

/** Loopback, and nobody else's: no other test's packets are taken for ours. */
export const target = '127.77.7.7';

/** Sends so many datagrams to a port of the target; resolves when the kernel has taken them. */
export async function sendTo(socket: Socket, port: number, count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) {
    await new Promise<void>((resolve, reject) =>
      socket.send(`packet ${at}`, port, target, (error) => (error ? reject(error) : resolve())),
    );
  }
}
