import { mkdir } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import type { Network } from '../network/network.ts';

export type RingOptions = {
  network: Network;
  /** The tapped interface, as the sensor's side names it. */
  interface: string;
  /** Only ring files may lie in it: daemonlogger prunes whatever bears the prefix. */
  directory: string;
  /** Rolls to the next file after so many seconds, two at least, when the next packet comes. */
  fileSeconds?: number;
  /** Rolls before a file would grow far over so many bytes; 64 MiB by default. */
  fileBytes?: number;
  /** Keeps at most so many files and deletes the oldest; by default all are kept. */
  keep?: number;
  /** `daemonlogger.pcap` by default. */
  prefix?: string;
  /** Writes each packet at once (-F) and not in steps of 4096 bytes. */
  unbuffered?: boolean;
};

/** Starts a real daemonlogger and resolves when it records; throws with its words when it ends before that. */
export async function startDaemonlogger(options: RingOptions): Promise<Daemonlogger> {
  await mkdir(options.directory, { recursive: true });
  const args = argumentsOf(options);
  // The kernel ends it with its starter, however that ends; setpriv and ip execute in place, so the pid is daemonlogger's.
  const command = options.network.command('setpriv', ['--pdeathsig', 'TERM', 'daemonlogger', ...args]);
  const subprocess = execa(command.file, command.args, {
    stdin: 'ignore',
    stdout: 'ignore',
    reject: false,
    buffer: false,
    forceKillAfterDelay: 5_000,
  });
  const words: string[] = [];
  const recording = new Promise<void>((resolve, reject) => {
    // Read to the end even when it records: a full pipe would stop the ring.
    createInterface({ input: subprocess.stderr }).on('line', (line) => {
      if (words.length < 20) words.push(line);
      if (line.startsWith('Logging packets to')) resolve();
    });
    void subprocess.then((ended) => {
      const why = words.filter(Boolean).join(' ') || ended.shortMessage || 'no word of why';
      reject(new Error(`daemonlogger does not record on ${options.interface}: ${why}`));
    });
  });
  await recording;
  return new Daemonlogger(subprocess);
}

/** A daemonlogger that fills a ring. Stop it: what it holds back is then written. */
export class Daemonlogger {
  readonly #subprocess: Subprocess;

  constructor(subprocess: Subprocess) {
    this.#subprocess = subprocess;
  }

  get pid(): number {
    if (this.#subprocess.pid === undefined) throw new Error('daemonlogger has no pid: it never started');
    return this.#subprocess.pid;
  }

  /** Ends it as its own Ctrl-C would (TERM, after five seconds KILL). */
  async stop(): Promise<void> {
    this.#subprocess.kill('SIGTERM');
    await this.#subprocess;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

type Subprocess = { pid?: number; kill(signal: 'SIGTERM'): boolean } & PromiseLike<unknown>;

function argumentsOf(options: RingOptions): string[] {
  const { directory, fileSeconds, fileBytes = 64 << 20, keep, prefix = 'daemonlogger.pcap', unbuffered } = options;
  // Without -i daemonlogger picks an interface itself, which might be one that is nobody's to tap.
  if (!options.interface) throw new Error('daemonlogger needs an interface');
  if (fileSeconds !== undefined && fileSeconds < 2) throw new Error('a ring file lasts two seconds at least');
  return [
    ...['-i', options.interface, '-l', directory, '-n', prefix],
    ...['-s', String(fileBytes)], // without -s the rollover size is garbage on amd64
    ...(fileSeconds === undefined ? [] : ['-t', String(Math.floor(fileSeconds) - 1)]), // -t N rolls every N+1 seconds
    ...(keep === undefined ? [] : ['-r', '-m', String(keep)]),
    ...(unbuffered ? ['-F'] : []),
  ];
}
