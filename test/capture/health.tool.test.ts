import assert from 'node:assert/strict';
import { rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeHistory } from '../../sandbox/ring/history.ts';
import { silentFor } from '../../src/capture/health.ts';
import { openSensor } from './sensor.ts';
import { until } from './wait.ts';

const day = { from: new Date('2026-03-01T00:00:00Z'), to: new Date('2026-03-02T00:00:00Z') };
const hour = 3_600_000;

test('the health of a sensor tells what its ring holds, how much of it is indexed, and the disk', async (t) => {
  const now = day.to.getTime() + hour;
  let uptime = 1_000_000;
  const sensor = openSensor(
    {},
    () => now,
    () => uptime,
  );
  t.after(sensor.close);
  const { files } = await writeHistory({ directory: sensor.ring, ...day, files: 6, bytesPerFile: 100_000, seed: 9 });
  for (const [nth, { path }] of files.entries())
    utimesSync(path, day.to, new Date(day.from.getTime() + (nth + 1) * 4 * hour));
  // Neither of them is what the ring begins or ends with.
  writeFileSync(join(sensor.ring, 'daemonlogger.pcap.0'), '');
  utimesSync(join(sensor.ring, 'daemonlogger.pcap.0'), day.from, day.from);
  writeFileSync(join(sensor.ring, 'README'), 'Do not touch');
  utimesSync(join(sensor.ring, 'README'), now / 1000, now / 1000);
  await Array.fromAsync(sensor.engine.index({}, sensor.grant, AbortSignal.timeout(60_000)));
  const audited = sensor.engine.head().seq;

  const health = await sensor.engine.health();
  const [ring] = health.rings;
  assert.ok(ring?.is === 'open');
  const [oldest] = files;
  assert.ok(oldest?.state === 'whole' && ring.from === oldest.first);
  assert.equal(ring.writtenAt, day.to.getTime());
  assert.equal(silentFor(ring.writtenAt, now), hour);
  assert.equal(ring.files, 8);
  assert.equal(ring.indexed, 6);
  assert.equal(ring.bytes, 12 + files.reduce((sum, { path }) => sum + statSync(path).size, 0));
  assert.equal(health.disk?.floor, 1_000_000);
  assert.ok((health.disk?.free ?? 0) > 0);
  assert.deepEqual(health.drops, { live: 0, counted: 0, dropping: [] });
  assert.equal(health.supervisor, null);
  assert.equal(sensor.engine.head().seq, audited, 'to look how it is is no order');

  rmSync(sensor.ring, { recursive: true });
  assert.equal((await sensor.engine.health()).rings[0]?.is, 'open', 'believed for a while');
  uptime += 60_000;
  const later = (await sensor.engine.health()).rings[0];
  assert.ok(later?.is === 'closed');
  assert.match(later.why, /ENOENT/);
});

test('it tells who looks after what runs, whose drops are known, and how fast the disk fills', async (t) => {
  const sensor = openSensor();
  const closing = new AbortController();
  const supervised = sensor.engine.supervise(false, closing.signal);
  t.after(async () => {
    closing.abort();
    await supervised;
    await sensor.close();
  });
  const { capture } = await sensor.engine.start({ description: 'x', expression: 'udp port 42241' }, sensor.will);
  const health = await until('somebody looks after it', async () => {
    const now = await sensor.engine.health();
    return now.supervisor !== null && now;
  });
  assert.equal(health.drops.live, 1);
  assert.deepEqual(health.supervisor, { pid: process.pid, isThisProcess: true });
  // Its savefile has a header of 24 bytes, and all of that in the last day.
  assert.equal(health.writtenPerDay, 24);
  assert.equal(sensor.engine.peek(capture.id)?.bytes, 24);
});

test('what stands for a person is theirs or of their order, the last that ended first', async (t) => {
  const sensor = openSensor();
  t.after(sensor.close);
  const { engine, will, grant } = sensor;
  const start = (description: string, actor: typeof will, analyst?: string) =>
    engine.start({ description, expression: 'udp port 42242', ...(analyst !== undefined && { analyst }) }, actor);
  await start('of will', will);
  await start('of grant', grant);
  await start('for will, by grant', grant, 'will');
  await start('still running', will);
  for (const id of ['c2', 'c1', 'c3']) await engine.stop(id, grant);
  const ids = (captures: readonly { id: string }[]) => captures.map(({ id }) => id);
  assert.deepEqual(ids(engine.standing('will', 5).ended), ['c3', 'c1']);
  assert.deepEqual(ids(engine.standing('grant', 5).ended), ['c3', 'c2']);
  assert.deepEqual(ids(engine.standing(null, 2).ended), ['c3', 'c1']);
  assert.deepEqual(ids(engine.standing('will', 5).open), ['c4']);
  assert.deepEqual(ids(engine.standing('grant', 5).open), []);
  const { version } = engine.standing(null, 0);
  await engine.stop('c4', will);
  assert.ok(engine.standing(null, 0).version > version);
});
