import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Millis } from './capture.ts';

/**
 * A process that cannot be mistaken for another: pid, boot and start time in clock ticks (proc(5), /proc/pid/stat field 22).
 * A pid alone proves nothing: after a reboot it may be somebody's shell.
 */
export type ProcessToken = string;

/** The kernel's name for this boot. */
export const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

/** Since this boot, on the clock that nobody sets; whole, as the registry wants it. */
export function sinceBoot(): Millis {
  // Hundredths of a second times a thousand are not always whole: 8.2 * 1000 is, 8.12 * 1000 is not.
  return Math.round(uptime() * 1_000);
}

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

/** Sends a process one signal after the other, each for so long, until it has ended; false when it outlives them all. */
export async function endProcess(
  token: ProcessToken,
  signals: readonly NodeJS.Signals[],
  patience: Millis,
): Promise<boolean> {
  for (const name of signals) {
    signal(token, name);
    const giveUp = sinceBoot() + patience;
    do {
      if (!isAlive(token)) return true;
      await pause(20);
    } while (sinceBoot() < giveUp);
  }
  return false;
}
