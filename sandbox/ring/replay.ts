import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Network } from '../network/network.ts';
import { pcapOf } from './pcap.ts';

/**
 * Puts these very frames on the wire from the peer's end, tags and all, as fast as it takes them: daemonlogger's soft
 * tap reads them from a file. Only where the wire is our own: on loopback they would reach the machine's own stack.
 */
export async function replay(network: Network, frames: readonly Uint8Array[]): Promise<void> {
  if (network.kind !== 'namespace') throw new Error('frames are replayed only in a network namespace');
  const directory = await mkdtemp(join(tmpdir(), 'capture-replay-'));
  try {
    const file = join(directory, 'frames.pcap');
    await writeFile(file, pcapOf(frames.map((frame, n) => ({ at: n, frame }))));
    const wire = network.description.peerInterface;
    const args = ['-i', wire, '-R', file, '-o', wire, '-c', String(frames.length)];
    const command = network.command('daemonlogger', args, 'peer');
    await execa(command.file, command.args, { stdin: 'ignore', timeout: 30_000 });
  } finally {
    await rm(directory, { recursive: true });
  }
}
