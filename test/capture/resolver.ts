import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';

export interface Compiled {
  readonly expression: string;
  /** tcpdump's exit code; null when it was killed. */
  readonly code: number | null;
  readonly said: string;
}

export interface Watched {
  readonly compiled: readonly Compiled[];
  /** Every name that was asked of DNS meanwhile. */
  readonly asked: readonly string[];
}

/**
 * Lets libpcap compile expressions where the only resolver is one that writes down what it is asked: in a network namespace without
 * any network but loopback, under an /etc/resolv.conf of its own.
 */
export async function compileWatched(directory: string, expressions: readonly string[]): Promise<Watched> {
  const resolvers = join(directory, 'resolv.conf');
  writeFileSync(resolvers, 'nameserver 127.0.0.1\noptions timeout:2 attempts:1\n');
  const inside = 'ip link set lo up && mount --bind "$1" /etc/resolv.conf && exec "$2" "$3"';
  const program = join(import.meta.dirname, 'compile-watched.ts');
  const { stdout } = await execa(
    'unshare',
    ['--mount', '--net', 'sh', '-c', inside, 'sh', resolvers, process.execPath, program],
    { input: JSON.stringify(expressions) },
  );
  return JSON.parse(stdout) as Watched;
}

/** Whether this process may make namespaces: without them nobody can watch what is asked of DNS. */
export async function mayMakeNamespaces(): Promise<boolean> {
  const { failed } = await execa('unshare', ['--mount', '--net', 'true'], { reject: false });
  return !failed;
}
