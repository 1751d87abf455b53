import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDatabase } from '../../src/database.ts';
import { openSensor } from './sensor.ts';

/** Adds captures to a registry behind the engine's back, as other processes do. */
function adding(state: string) {
  const database = openDatabase(state);
  const insert =
    database.prepare(`INSERT INTO captures (number, kind, state, analyst, ordered_by, description, expression, snaplen,
    savefile, file, started_at, ended_at, counts, progress, owner)
    VALUES (:number, :kind, :state, 'grant', 'grant', 'x', 'y', 96, 'f' || :number, 'f' || :number, 1, :endedAt, :counts, :progress,
    'nobody')`);
  const add = (number: number, kind: 'live' | 'past', state: string, figure = 0) => {
    const ended = state !== 'running';
    insert.run({
      ...{ number, kind, state, endedAt: ended ? 2 : null },
      counts: kind === 'live' ? JSON.stringify({ captured: 1, receivedByFilter: 1, droppedByKernel: figure }) : null,
      progress: kind === 'past' ? JSON.stringify({ bytesDone: figure }) : null,
    });
  };
  return { database, add };
}

test('captures are counted by kind and state, with what the kernel dropped and what was searched, page by page', async (t) => {
  const { config, engine, ...sensor } = openSensor();
  t.after(sensor.close);
  const { database, add } = adding(config.state);
  t.after(() => database.close());
  const count = async () => {
    const { captures, droppedByKernel, searchedBytes } = await engine.measure();
    const named = captures.map((each) => [`${each.kind} ${each.state}`, each.count] as const);
    return { captures: Object.fromEntries(named), droppedByKernel, searchedBytes };
  };
  assert.deepEqual(await count(), { captures: {}, droppedByKernel: 0, searchedBytes: 0 });
  database.transaction(() => {
    for (let number = 1; number <= 6_000; number += 1) {
      if (number === 2_600) add(number, 'live', 'running', 5);
      else if (number % 2 === 0) add(number, 'past', 'finished', 1_000);
      else add(number, 'live', 'stopped', 1);
    }
  })();
  const all = { captures: { 'live stopped': 3_000, 'past finished': 2_999, 'live running': 1 } };
  assert.deepEqual(await count(), { ...all, droppedByKernel: 3_005, searchedBytes: 2_999_000 });
  // The one that runs stands among thousands that have ended: it is seen all the same, and so is a new one.
  database.exec(`UPDATE captures SET state = 'died', ended_at = 3 WHERE number = 2600`);
  add(6_001, 'live', 'running', 7);
  const later = { captures: { ...all.captures, 'live died': 1, 'live running': 1 } };
  assert.deepEqual(await count(), { ...later, droppedByKernel: 3_012, searchedBytes: 2_999_000 });
  // Of savefiles from before a reboot, too.
  database.exec(
    `INSERT INTO earlier (capture, savefile, ended_at, why, counts) VALUES (6001, 'g', 1, 'reboot', '{"droppedByKernel":8}')`,
  );
  assert.equal((await count()).droppedByKernel, 3_020);
  database.exec('DELETE FROM earlier; DELETE FROM captures');
});

test('who looks after what runs is told, and what is free', async (t) => {
  const { engine, ...sensor } = openSensor();
  t.after(sensor.close);
  const before = await engine.measure();
  assert.equal(before.supervisor, 'nobody');
  assert.ok(before.freeBytes > 0);
  const enough = new AbortController();
  const supervised = engine.supervise(false, enough.signal);
  while ((await engine.measure()).supervisor !== 'this process');
  enough.abort();
  await supervised;
});
