import { constants } from 'node:os';
import { execa } from 'execa';
import { joinNetwork, type Network, type NetworkDescription } from './network.ts';

const variable = 'CAPTURE_SANDBOX_NETWORK';

/**
 * The network that this process was started inside of by runInside(), or undefined. A main passes its environment:
 * `const network = networkAround(process.env)`; undefined means: open one and run yourself inside it.
 */
export function networkAround(environment: NodeJS.ProcessEnv): Network | undefined {
  const described = environment[variable];
  return described ? joinNetwork(JSON.parse(described) as NetworkDescription) : undefined;
}

/**
 * Runs a program inside the sensor's namespace, where tcpdump sees the tapped interface and 127.0.0.1 is shared by all
 * that runs there, with this process's terminal. Resolves to its exit code (128 + n after signal n).
 */
export async function runInside(network: Network, file: string, args: readonly string[]): Promise<number> {
  const command = network.command(file, args);
  const subprocess = execa(command.file, command.args, {
    stdio: 'inherit',
    reject: false,
    env: { [variable]: JSON.stringify(network.description) },
  });
  const forward = (signal: NodeJS.Signals) => {
    // Ctrl-C in a terminal has reached the program already; twice would look like impatience.
    if (signal === 'SIGINT' && process.stdin.isTTY) return;
    subprocess.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, forward);
  try {
    const ended = await subprocess;
    return ended.exitCode ?? 128 + signalNumber(ended.signal);
  } finally {
    for (const signal of signals) process.off(signal, forward);
  }
}

function signalNumber(signal: string | undefined): number {
  return signal === undefined ? 0 : (constants.signals[signal as NodeJS.Signals] ?? 0);
}
