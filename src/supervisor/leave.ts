import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from '../config.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

/** Starts a supervisor that outlives us, and ends with the last running capture; what goes wrong is in `supervisor.log`. */
export function leaveSupervisor({ file, state }: Pick<Config, 'file' | 'state'>): void {
  const log = openLog(state);
  const supervisor = spawn(process.execPath, [main, '--until-idle', '--config', file], {
    stdio: ['ignore', 'ignore', log],
    detached: true,
    cwd: '/',
  });
  if (log !== 'ignore') closeSync(log);
  // Where no process can be made, the next look finds nobody and tries again.
  supervisor.on('error', () => undefined);
  supervisor.unref();
}

/** Appended to, so that logrotate may cut the file while a supervisor has it open. */
function openLog(state: string): number | 'ignore' {
  try {
    return openSync(join(state, 'supervisor.log'), 'a', 0o640);
  } catch {
    // On a full disk limits must hold all the more.
    return 'ignore';
  }
}
