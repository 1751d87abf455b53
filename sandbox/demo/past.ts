import type { Network } from '../network/network.ts';
import { type Daemonlogger, startDaemonlogger } from '../ring/daemonlogger.ts';
import { type History, writeHistory } from '../ring/history.ts';

/** A quarter of an hour each. */
const files = 96;
const bytesPerFile = 1_200_000;
const day = 24 * 3_600_000;

/**
 * Writes a day of ring files that ends now, with the blemishes of a sensor that was not always well: one logger killed in the middle of
 * a packet, one before its first, and a while without any.
 */
export async function writeDay(directory: string): Promise<History> {
  const to = new Date();
  const blemishes = { olderCut: true, empty: true, hole: true };
  return writeHistory({ directory, from: new Date(to.getTime() - day), to, files, bytesPerFile, seed: 24, blemishes });
}

/** Lets a real daemonlogger write the ring on. It keeps every file: to prune would be to delete the generated day first. */
export async function writeOn(network: Network, directory: string): Promise<Daemonlogger> {
  return startDaemonlogger({
    ...{ network, directory, interface: network.interface },
    fileSeconds: 60,
    // A search then finds what passed a second ago.
    unbuffered: true,
  });
}
