import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Capture } from '../../src/capture/capture.ts';
import { writeRingFile } from '../cli/shell.ts';
import { type Sensor, searched } from './sensor.ts';

/** Complete savefiles, copies of one real search's under names and numbers of their own; the first ended that many days ago, each a minute after the one before. */
export async function fillShelf(sensor: Sensor, count: number, daysAgo: number): Promise<Capture[]> {
  writeRingFile(sensor.ring, 1_795_399_800, { count: 10, port: 4_444 });
  const first = (await searched(sensor, { description: 'kept' })).at(-1)?.capture;
  if (first === undefined) throw new Error('no search');
  const endedAt = Date.now() - daysAgo * 86_400_000;
  inRegistry(sensor, `UPDATE captures SET ended_at = ${endedAt} WHERE number = ${first.id.slice(1)}`);
  for (let at = 1; at < count; at++) {
    const savefile = first.savefile.replace('_kept_', `_kept.${at}_`);
    copyFileSync(first.path, join(sensor.captures, savefile));
    copyFileSync(`${first.path}.json`, join(sensor.captures, `${savefile}.json`));
    inRegistry(
      sensor,
      `INSERT INTO captures (kind, state, analyst, ordered_by, description, expression, ring, snaplen, savefile, file, started_at, ended_at,
         why, bytes, packets, sha256, facts, owner)
       SELECT kind, state, analyst, ordered_by, description, expression, ring, snaplen, '${savefile}', '${savefile}', started_at,
         ${endedAt + at * 60_000}, why, bytes, packets, sha256, facts, owner FROM captures WHERE number = ${first.id.slice(1)}`,
    );
  }
  return (await sensor.engine.list({ all: true }, sensor.grant)).toReversed();
}

export function inRegistry(sensor: Sensor, sql: string): void {
  const database = new Database(join(sensor.config.state, 'registry.sqlite'));
  database.exec(sql);
  database.close();
}
