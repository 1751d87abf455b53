import { chmod, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { Network } from '../network/network.ts';

const entry = fileURLToPath(new URL('../../bin/capture', import.meta.url));

/** What a command at the shell said, and its exit code. */
export type Said = { code: number; stdout: string; stderr: string };

/** The shell door of the demo's installation: `bin/capture` with its configuration. */
export class Shell {
  readonly #configuration: string;

  constructor(configuration: string) {
    this.#configuration = configuration;
  }

  /** Runs `capture WORDS` as that login and gives what it said. Only root may be somebody else; others stay themselves. */
  async run(login: string, words: readonly string[]): Promise<Said> {
    const { exitCode = 70, stdout, stderr } = await execa(entry, [...words], this.#options(login));
    return { code: exitCode, stdout, stderr };
  }

  /** The same with the terminal's own output: a search then rewrites its line of progress. The signal interrupts it, as Ctrl-C would. */
  async runOnTerminal(login: string, words: readonly string[], interrupted: AbortSignal): Promise<void> {
    const subprocess = execa(entry, [...words], { ...this.#options(login), stdout: 'inherit', stderr: 'inherit' });
    interrupted.addEventListener('abort', () => subprocess.kill('SIGINT'), { once: true });
    await subprocess;
  }

  #options(login: string) {
    // As another terminal would have it: sudo's word for who is behind root.
    const env = { CAPTURE_CONFIG: this.#configuration, SUDO_USER: login, TZ: 'UTC' };
    return { env, reject: false, stdin: 'ignore', stripFinalNewline: true } as const;
  }
}

/** Writes a command that runs `bin/capture` with this configuration from any other terminal, on the sensor's side of the wire. */
export async function writeShellCommand(file: string, network: Network, configuration: string): Promise<void> {
  const namespace = network.description.namespaces?.sensor;
  const inside = namespace === undefined ? '' : `ip netns exec ${namespace} `;
  const line = `exec ${inside}${quoted(entry)} --config ${quoted(configuration)} "$@"`;
  await writeFile(file, `#!/bin/sh\n${line}\n`);
  await chmod(file, 0o755);
}

function quoted(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}
