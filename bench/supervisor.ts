import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pidOf } from '../src/capture/process.ts';
import { openSupervision } from '../src/capture/supervision.ts';
import { openDatabase } from '../src/database.ts';
import { openInstallation } from './installation.ts';
import type { Held } from './promise.ts';

const running = 50;
const captures = 100_000;
/** sysconf(_SC_CLK_TCK) is 100 on every Linux that Node runs on. */
const ticksASecond = 100;

/**
 * What the supervisor takes while it looks after 50 real tcpdumps on lo, whose expressions match nothing, with 100,000 captures of the
 * past in the registry.
 * @param seconds how long it is watched
 */
export async function supervisor(seconds: number): Promise<Held> {
  const installation = await openInstallation(captures);
  const { config, engine, lead } = installation;
  try {
    for (let one = 1; one < running; one += 1)
      await engine.start({ description: `supervised ${one}`, expression: `udp port ${9_000 + one}` }, lead);
    // The last one from a shell, which leaves the supervisor behind.
    const capture = join(import.meta.dirname, '../bin/capture');
    execFileSync(capture, ['--config', config.file, 'start', '-d', 'supervised', '-e', 'udp port 9']);
    const pid = await holderOf(config.state);
    const [ticks, from] = [ticksOf(pid), performance.now()];
    await pause(seconds * 1_000);
    const share = ((ticksOf(pid) - ticks) / ticksASecond / ((performance.now() - from) / 1_000)) * 100;
    const resident = statusOf(pid, 'VmRSS') / 1_024;
    return {
      promise: 'the supervisor with 50 running captures uses under 2 % of a core and 120 MB',
      found: [
        `${share.toFixed(2)} % of a core over ${seconds} s`,
        `${resident.toFixed(0)} MB resident, ${(statusOf(pid, 'VmHWM') / 1_024).toFixed(0)} MB at most`,
      ],
      holds: share < 2 && resident < 120,
    };
  } finally {
    await installation.close();
  }
}

/** The pid of the process that holds the lease, once it has had time to look around. */
async function holderOf(state: string): Promise<number> {
  const database = openDatabase(state);
  try {
    const supervision = openSupervision(database, '');
    for (;;) {
      const lease = supervision.lease();
      if (lease !== undefined) {
        await pause(3_000);
        return pidOf(lease.holder);
      }
      await pause(50);
    }
  } finally {
    database.close();
  }
}

/** User and system time of a process in clock ticks, proc(5). */
function ticksOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

/** A figure of /proc/pid/status, kB. */
function statusOf(pid: number, name: string): number {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(found?.[1]);
}
