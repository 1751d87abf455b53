import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';
import type { Millis } from '../capture/capture.ts';
import { isAlive, pidOf, sinceBoot } from '../capture/process.ts';
import { isHeld, type Lease, openSupervision } from '../capture/supervision.ts';
import type { Config } from '../config.ts';
import { counted, lasting } from '../reports/figures.ts';
import { type Condition, checkIn } from './condition.ts';
import { broken, type Finding, ok, warning } from './finding.ts';

const check = 'supervisor';
/** One that was left behind a moment ago takes the lease within a second or two. */
const patience: Millis = 5_000;
const lookEvery: Millis = 100;

/** Whether somebody looks after what runs: without, no limit holds. */
export function checkSupervisor(config: Config, condition: Condition): Promise<Finding[]> {
  return checkIn(config, condition, { check, unread: 'not looked for' }, async (database) => {
    const running = countRunning(database);
    const lease = await leaseOf(database, running > 0 ? patience : 0);
    if (isHeld(lease, sinceBoot())) return ok(check, `process ${pidOf(lease.holder)}; ${looksAfter(running)}`);
    return running > 0 ? nobody(lease, running, config) : idle(config);
  });
}

function countRunning(database: Database): number {
  return Number(
    database.prepare(`SELECT count(*) FROM captures WHERE ended_at IS NULL AND kind = 'live'`).pluck().get(),
  );
}

async function leaseOf(database: Database, within: Millis): Promise<Lease | undefined> {
  // The process's name is for those who take the lease: here it is only read.
  const supervision = openSupervision(database, '');
  const giveUp = sinceBoot() + within;
  while (!isHeld(supervision.lease(), sinceBoot()) && sinceBoot() < giveUp) await pause(lookEvery);
  return supervision.lease();
}

function looksAfter(running: number): string {
  return running === 0 ? 'nothing runs' : `looks after ${counted(running, 'live capture')}`;
}

function nobody(lease: Lease | undefined, running: number, { state }: Config): Finding {
  const hangs =
    lease !== undefined && isAlive(lease.holder)
      ? `; process ${pidOf(lease.holder)} should, and has not for ${lasting(sinceBoot() - lease.renewedAt)}`
      : '';
  return broken(
    check,
    `nobody looks after ${counted(running, 'live capture')}: no limit holds, of time, size or free space${hangs}`,
    `The next command leaves somebody behind; the unit capture-supervisor is there from boot on (deploy/README.md). What went wrong is in ${join(state, 'supervisor.log')} or the journal.`,
    'capture list',
  );
}

function idle({ retention }: Config): Finding {
  if (retention === null) return ok(check, 'nobody, and nothing runs');
  return warning(
    check,
    'nobody: savefiles whose time is over are deleted only while something runs',
    'Have the unit run; deploy/README.md installs it.',
    'systemctl enable --now capture-supervisor',
  );
}
