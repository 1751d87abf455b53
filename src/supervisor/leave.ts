import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

/** Starts a supervisor that outlives us, and ends with the last running capture. */
export function leaveSupervisor(configFile: string): void {
  spawn(process.execPath, [main, '--config', configFile], { stdio: 'ignore', detached: true, cwd: '/' }).unref();
}
