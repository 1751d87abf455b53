import { join } from 'node:path';
import Database from 'better-sqlite3';
import { isAlive } from '../../src/capture/process.ts';
import { until } from './wait.ts';

/** Ends the tcpdumps of a registry, and makes it believe that they ran before the sensor was last started. */
export async function reboot(state: string): Promise<void> {
  const registry = new Database(join(state, 'registry.sqlite'));
  const boot = '00000000-0000-0000-0000-000000000000';
  const rows = registry
    .prepare<[], { number: number; tcpdump: string }>(
      'SELECT number, tcpdump FROM captures WHERE tcpdump IS NOT NULL AND ended_at IS NULL',
    )
    .all();
  for (const { number, tcpdump } of rows) {
    const [pid = '', , started = ''] = tcpdump.split('/');
    process.kill(Number(pid), 'SIGKILL');
    registry
      .prepare('UPDATE captures SET tcpdump = ?, boot = ? WHERE number = ?')
      .run(`${pid}/${boot}/${started}`, boot, number);
  }
  registry.close();
  await until('every tcpdump to be gone', () => rows.every(({ tcpdump }) => !isAlive(tcpdump)));
}
