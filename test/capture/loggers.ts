import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Network } from '../../sandbox/network/network.ts';

/** What writes rings on real sensors, and how it is told to. */
export interface Logger {
  readonly title: string;
  /** The program, then its arguments for an interface and a ring's directory. */
  readonly command: (tap: string, ring: string) => readonly [program: string, ...args: string[]];
  /** What becomes of its oldest file once the ring is full; `stays`: nothing. */
  readonly oldest: 'pruned' | 'written over' | 'stays';
  /** Bytes of the small disk that its ring lies on, where it prunes by how full that is. */
  readonly disk?: number;
}

const daemonlogger =
  (...args: string[]) =>
  (tap: string, ring: string) =>
    ['daemonlogger', '-i', tap, '-l', ring, '-s', '67108864', '-t', '2', ...args] as const;
const dumpcap =
  (...args: string[]) =>
  (tap: string, ring: string) =>
    ['dumpcap', '-q', '-i', tap, '-w', join(ring, 'sensor.cap'), '-b', 'files:3', ...args] as const;
const tcpdump =
  (name: string, ...args: string[]) =>
  (tap: string, ring: string) =>
    ['tcpdump', '-Z', 'root', '-i', tap, '-w', join(ring, name), ...args] as const;
const netsniff =
  (...args: string[]) =>
  (tap: string, ring: string) =>
    ['netsniff-ng', '--in', tap, '--out', ring, '--silent', '--no-sock-mem', '--notouch-irq', ...args] as const;

export const loggers: readonly Logger[] = [
  { title: 'daemonlogger', command: daemonlogger('-n', 'daemonlogger.pcap'), oldest: 'stays' },
  { title: 'daemonlogger -r -m', command: daemonlogger('-n', 'daemonlogger.pcap', '-r', '-m', '3'), oldest: 'pruned' },
  {
    title: 'daemonlogger -r -M, by how full the disk is, with a name of its own',
    // It ends with SIGSEGV where the disk is filled before a file has so many bytes.
    command: daemonlogger('-n', 'dmz-uplink', '-r', '-M', '60', '-s', '500000'),
    oldest: 'pruned',
    disk: 4 * 2 ** 20,
  },
  { title: 'dumpcap -b filesize, pcapng', command: dumpcap('-b', 'filesize:500'), oldest: 'pruned' },
  { title: 'dumpcap -b duration -P', command: dumpcap('-P', '-b', 'duration:2'), oldest: 'pruned' },
  { title: 'netsniff-ng', command: netsniff('--interval', '4sec'), oldest: 'stays' },
  {
    title: 'netsniff-ng, with nanoseconds',
    command: netsniff('--interval', '4sec', '--magic', '0xa1b23c4d'),
    oldest: 'stays',
  },
  {
    title: 'netsniff-ng --cooked, with a name of its own',
    command: netsniff('--interval', '4sec', '--cooked', '--prefix', 'dmz-'),
    oldest: 'stays',
  },
  {
    title: 'netsniff-ng --overwrite',
    command: netsniff('--interval', '4sec', '--overwrite', '2'),
    oldest: 'written over',
  },
  { title: 'tcpdump -C -W', command: tcpdump('ring.pcap', '-C', '1', '-W', '3'), oldest: 'written over' },
  { title: 'tcpdump -G', command: tcpdump('ring-%Y%m%d-%H%M%S.pcap', '-G', '4'), oldest: 'stays' },
];

export interface Recording {
  /** Interrupts it and waits until it is gone: what it held back is in the ring then. */
  stop(): Promise<void>;
}

/** Has a logger write into a ring. It ends with this process, however that ends. */
export function record({ command }: Logger, network: Network, ring: string): Recording {
  const { file, args } = network.command('setpriv', ['--pdeathsig', 'TERM', ...command(network.interface, ring)]);
  const logger = execa(file, args, { stdio: 'ignore', reject: false, forceKillAfterDelay: 5_000 });
  return {
    stop: async () => {
      logger.kill('SIGTERM');
      await logger;
    },
  };
}

/** Whether a logger has begun to do with its oldest file what it does: looks at each call, from when the ring was empty on. */
export function turnOf({ oldest }: Logger, ring: string): () => boolean {
  let first: { readonly name: string; readonly start: string } | undefined;
  return () => {
    const files = readdirSync(ring).map((name) => ({ name, start: beginningOf(join(ring, name)) }));
    first ??= files.find(({ start }) => start.length > 0);
    if (oldest === 'stays') return files.length >= 3;
    // Where it is written over and has nothing in it yet, more is to come.
    const now = files.find(({ name }) => name === first?.name)?.start;
    return first !== undefined && (oldest === 'pruned' ? now === undefined : now !== '' && now !== first.start);
  };
}

/** A file's header and that of its first packet; empty where there are none yet. */
function beginningOf(path: string): string {
  try {
    const start = readFileSync(path).subarray(0, 40);
    return start.length < 40 ? '' : start.toString('hex');
  } catch {
    return '';
  }
}
