import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { epoch, fillRing, found, pinIn, putRingFile, since } from '../capture/pinned-ring.ts';
import { auditOf, openSensor, type Sensor, unsettled } from '../capture/sensor.ts';
import { until } from '../capture/wait.ts';
import { captureCommand } from '../cli/shell.ts';
import { openSensor as openShellSensor } from '../doctor/sensor.ts';
import { openPrivateDisk } from './private-disk.ts';

/** A sensor whose pins lie on a small disk of their own: nothing of the ring can be linked there. */
async function sensorWithDisk(t: TestContext, bytes: number, limits: Record<string, unknown>) {
  const sensor = openShellSensor(t);
  const disk = await openPrivateDisk(t, join(sensor.directory, 'disk'), bytes);
  sensor.configure({ limits, pins: { directory: join(disk.directory, 'pins') } });
  const shell = (...words: string[]) =>
    disk.run(captureCommand, words, { TZ: 'UTC', CAPTURE_CONFIG: sensor.file, SUDO_USER: 'grant' });
  return { sensor, disk, shell };
}

test('on another file system ring files are copied, and found once the logger has pruned them', async (t) => {
  const { sensor, disk, shell } = await sensorWithDisk(t, 8e6, { freeSpace: '1MB' });
  fillRing(sensor.ring, 2);
  const pinned = await shell('pin', '-d', 'incident', '--since', '2026-01-01', '--json');
  assert.equal(pinned.code, 0, pinned.err);
  const { files, bytes } = JSON.parse(pinned.out);
  assert.equal(files, readdirSync(sensor.ring).length);
  assert.deepEqual(readdirSync(disk.seen('pins/p1')).sort().at(-1), 'pin.json');
  const search = async () =>
    JSON.parse((await shell('search', '-d', 'x', '-e', 'everything', '--json')).out.trim().split('\n').at(-1) ?? '');
  const before = await search();
  for (const name of readdirSync(sensor.ring)) rmSync(join(sensor.ring, name));
  const after = await search();
  assert.equal(after.sha256, before.sha256);
  const listed = await shell('pin');
  assert.match(
    listed.out,
    /^p1 grant 3 ring files, .* of dmz from 2026-01-01 00:00:00 UTC to .* UTC, kept until .* UTC: incident\n1 pin, /,
  );
  assert.match((await shell('unpin', 'p1')).out, /^Released p1: 3 ring files/);
  assert.deepEqual(readdirSync(disk.seen('pins')), []);
  assert.ok(bytes > 0);
});

test('where copies would take the room that must stay free nothing is pinned, and the numbers are told', async (t) => {
  const { sensor, disk, shell } = await sensorWithDisk(t, 4e6, { freeSpace: '1MB' });
  fillRing(sensor.ring, 1);
  const large = putRingFile(sensor.ring, 'ring.pcap0', epoch);
  truncateSync(join(sensor.ring, large), 3.5e6);
  const { code, err } = await shell('pin', '-d', 'incident', '--since', '2026-01-01');
  assert.equal(code, 73);
  assert.match(err, /MB must be copied to .*pins, .*MB is free there, and 1MB must stay free/);
  assert.deepEqual(readdirSync(disk.seen('pins')), []);
  // What fits by the numbers, and then does not by the disk, is undone as well.
  sensor.configure({ limits: { freeSpace: '1B' }, pins: { directory: join(disk.directory, 'pins') } });
  truncateSync(join(sensor.ring, large), 3.9e6);
  disk.fill();
  const full = await shell('pin', '-d', 'incident', '--since', '2026-01-01');
  assert.equal(full.code, 73, full.err);
  disk.makeRoom();
  assert.equal(JSON.parse((await shell('pin', '--json')).out).pins.length, 0);
  assert.deepEqual(readdirSync(disk.seen('pins')), []);
  assert.equal((await shell('audit', 'verify')).code, 0);
});

test('a user to whom the kernel gives no link to the files of another has copies', async (t) => {
  const sensor = openShellSensor(t);
  sensor.configure({ analysts: [{ name: 'nobody', role: 'analyst', login: 'nobody' }] });
  chownSync(sensor.directory, 65_534, 65_534);
  const [name = ''] = fillRing(sensor.ring, 1);
  const { code, err } = await sensor.asNobody('pin', '-d', 'incident', '--since', '2026-01-01');
  assert.equal(code, 0, err);
  const [copied] = readdirSync(join(sensor.state, 'pins/p1'));
  const linked = statSync(join(sensor.state, 'pins/p1', copied ?? '')).nlink > 1;
  // proc_sys_fs(5): 0 forbids nothing.
  assert.equal(linked, readFileSync('/proc/sys/fs/protected_hardlinks', 'utf8').trim() === '0');
  rmSync(join(sensor.ring, name));
  const found = await sensor.asNobody('search', '-d', 'x', '-e', 'everything', '--json');
  assert.match(found.out, /pinned as p1/);
});

/** An order of a process of its own that is killed after so many milliseconds, or where `when` says. */
async function killed(sensor: Sensor, words: readonly string[], when: () => Promise<unknown>): Promise<void> {
  const program = join(import.meta.dirname, '../capture/order-process.ts');
  const child = spawn(process.execPath, [program, sensor.directory, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  await Promise.race([when(), ended]);
  child.kill('SIGKILL');
  await ended;
}

test('a pin that is killed in the middle of a copy is undone by whoever looks next, and the ring is as it was', async (t) => {
  const sensor = openSensor();
  t.after(() => sensor.close());
  const { directory } = sensor.config.pins;
  const names = fillRing(sensor.ring, 2);
  const large = putRingFile(sensor.ring, 'ring.pcap0', epoch);
  // So large that its copy is not done before it is seen.
  truncateSync(join(sensor.ring, large), 4e9);
  const inTheMiddle = () =>
    existsSync(join(directory, 'p1')) && readdirSync(join(directory, 'p1')).some((name) => name.endsWith('.part'));
  await killed(sensor, ['pin', JSON.stringify({ since: String(since) })], () => until('the copy', inTheMiddle));
  assert.ok(inTheMiddle());
  await sensor.engine.tendPins();
  await sensor.engine.reconcile();
  assert.deepEqual([readdirSync(directory), sensor.engine.pinboard().pins], [[], []]);
  assert.deepEqual(readdirSync(sensor.ring).sort(), [...names, large].sort());
  const told = auditOf(sensor).filter(({ verb }) => verb === 'pin');
  assert.deepEqual(told.map(({ outcome }) => outcome).sort(), ['asked', 'noted', 'unknown']);
  assert.match(told.find(({ outcome }) => outcome === 'noted')?.detail ?? '', /cut off while it was being pinned/);
  assert.deepEqual(unsettled(sensor), []);
});

test('pins and releases that are killed at any instant leave whole pins, or none, and no file of ours that no pin knows', async (t) => {
  const sensor = openSensor();
  t.after(() => sensor.close());
  const { directory } = sensor.config.pins;
  mkdirSync(directory);
  const names = fillRing(sensor.ring, 12);
  for (const at of [0, 1, 2, 3]) putRingFile(sensor.ring, `ring.pcap${at}`, epoch + at);
  const everything = (await found(sensor)).packets;
  for (let round = 0; round < 12; round += 1) {
    await killed(sensor, ['pin', JSON.stringify({ since: String(since) })], () => pause(round * 3));
    await sensor.engine.tendPins();
    const { pins } = sensor.engine.pinboard();
    assert.deepEqual(readdirSync(directory).sort(), pins.map(({ id }) => id).sort());
    for (const { id, state, files } of pins) {
      assert.equal(state, 'held');
      assert.equal(files, names.length + 4);
      assert.equal(readdirSync(join(directory, id)).length, files + 1);
    }
    assert.equal((await found(sensor)).packets, everything, 'each packet once');
    const [first] = pins;
    if (first === undefined) continue;
    await killed(sensor, ['unpin', JSON.stringify({ id: first.id })], () => pause(round * 3));
    await sensor.engine.tendPins();
    const left = sensor.engine.pinboard().pins;
    assert.ok(left.every(({ state }) => state === 'held'));
    assert.deepEqual(readdirSync(directory).sort(), left.map(({ id }) => id).sort());
  }
  await sensor.engine.reconcile();
  assert.deepEqual(unsettled(sensor), []);
  assert.deepEqual(sensor.errors, []);
  await pinIn(sensor);
});
