import { readFileSync } from 'node:fs';

/** The process that answers for a network: its pid, and its start time in clock ticks since boot (proc(5), field 22). */
export type Owner = { pid: number; startTicks: string };

/** This process, as an owner. */
export function thisOwner(): Owner {
  return { pid: process.pid, startTicks: startTicksOf(process.pid) ?? '0' };
}

/** Whether the owner still runs. A pid alone proves nothing: it may be somebody else's by now. */
export function isAlive(owner: Owner): boolean {
  return startTicksOf(owner.pid) === owner.startTicks;
}

function startTicksOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in parentheses may itself hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const state = fields[0];
    return state === 'Z' || state === 'X' ? undefined : fields[19];
  } catch {
    return undefined; // no such process
  }
}
