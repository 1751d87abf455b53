import { createSocket } from 'node:dgram';
import { openEngine } from '../../../src/capture/engine.ts';
import { actor, errorsInto, tcpdumpsOf } from '../../capture/sensor.ts';
import { openInCharge } from './in-charge.ts';
import { killSupervisors, openInstallation } from './installation.ts';
import type { Pace } from './pace.ts';
import type { Batch } from './plan.ts';
import { quietly } from './quiet.ts';
import { type Field, playRound } from './round.ts';
import type { Tally } from './tally.ts';

/** Plays a batch's rounds side by side in an installation of their own, then looks what a quiet process finds. */
export async function playBatch(batch: Batch, pace: Pace, tally: Tally): Promise<void> {
  const installation = await openInstallation();
  const engine = await openInCharge(installation, batch);
  const socket = createSocket('udp4');
  const field: Field = { installation, engine, socket, pace, tally, sent: new Map() };
  try {
    await Promise.all(batch.rounds.map((round, at) => playRound(field, round, at)));
    await engine.leave();
    killSupervisors(installation);
    const found = await aftermathOf(field, batch);
    const again = `node test/faults/rounds.ts --rounds ${batch.rounds.length} --bot 0 --seed ${batch.seed}`;
    tally.violations.push(...found.map((each) => `seed ${batch.seed}: ${each} (again: ${again})`));
  } finally {
    socket.close();
    await engine.leave();
    killSupervisors(installation);
    for (const pid of tcpdumpsOf(installation.directory)) process.kill(pid, 'SIGKILL');
    installation.remove();
  }
}

async function aftermathOf({ installation, sent, tally }: Field, batch: Batch): Promise<string[]> {
  const errors: string[] = [];
  const engine = openEngine({ config: installation.config, log: errorsInto(errors), now: Date.now });
  const lead = actor('grant', 'lead');
  try {
    const found = await quietly({ engine, lead, captures: installation.config.captures, sent });
    const { captures, entries } = await engine.day(0, Number.MAX_SAFE_INTEGER);
    tally.cutOff += entries.filter(({ outcome }) => outcome === 'unknown').length;
    for (const at of batch.rounds.keys())
      tally.ended(captures.find(({ description }) => description === `round ${at}`)?.state ?? 'none');
    return [...found, ...errors];
  } finally {
    await engine.close();
  }
}
