import { readdirSync, readFileSync } from 'node:fs';

/**
 * Ends every tcpdump that writes into a directory. Captures outlive whatever started them, which is right on a sensor; a demo that was
 * killed has nobody left to stop its own.
 */
export function endCapturesIn(directory: string): void {
  for (const pid of readdirSync('/proc').map(Number).filter(Number.isInteger)) {
    const [program = '', ...args] = argumentsOf(pid);
    if (!/(^|\/)tcpdump$/.test(program) || !args.some((argument) => argument.startsWith(`${directory}/`))) continue;
    try {
      process.kill(pid, 'SIGTERM');
    } catch {
      // It ended between the listing and the signal.
    }
  }
}

function argumentsOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return []; // no such process any more
  }
}
