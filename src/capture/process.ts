import { readdirSync, readFileSync } from 'node:fs';

/**
 * A process that cannot be mistaken for another: pid, boot and start time in clock ticks (proc(5), /proc/pid/stat field 22).
 * A pid alone proves nothing: after a reboot it may be somebody's shell.
 */
export type ProcessToken = string;

/** The kernel's name for this boot. */
export const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

/** The token of a running process; undefined when there is none with that pid, or only its zombie. */
export function tokenOf(pid: number): ProcessToken | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The command's name stands in parentheses and may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startedAt] = [fields[0], fields[19]];
  return state === 'Z' || state === 'X' ? undefined : `${pid}/${bootId}/${startedAt}`;
}

export function isAlive(token: ProcessToken): boolean {
  return tokenOf(pidOf(token)) === token;
}

/** Whether the process ran before the sensor was last started. */
export function isOfEarlierBoot(token: ProcessToken): boolean {
  return token.split('/')[1] !== bootId;
}

export function pidOf(token: ProcessToken): number {
  return Number(token.slice(0, token.indexOf('/')));
}

/** Sends a signal to exactly that process; false when it is gone. */
export function signal(token: ProcessToken, name: NodeJS.Signals): boolean {
  if (!isAlive(token)) return false;
  try {
    return process.kill(pidOf(token), name);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}

/** The running program of that name which has this word among its arguments, and the token that proves it. */
export function runningWith(program: string, argument: string): ProcessToken | undefined {
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid)) continue;
    const [name, ...args] = argumentsOf(pid);
    if (name?.split('/').at(-1) === program && args.includes(argument)) return tokenOf(pid);
  }
  return undefined;
}

function argumentsOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
