import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { tcpdumpsOf } from '../capture/sensor.ts';
import { until } from '../capture/wait.ts';
import { captureCommand } from '../cli/shell.ts';
import { openSensor } from '../doctor/sensor.ts';
import { openPrivateDisk } from './private-disk.ts';

const address = '127.77.2.2';

/** A sensor of which one directory lies on a small disk of its own. */
async function sensorOn(t: TestContext, what: 'state' | 'captures', limits: { freeSpace: string; bytes: number }) {
  const sensor = openSensor(t);
  const disk = await openPrivateDisk(t, join(sensor.directory, 'disk'), limits.bytes);
  const place = join(disk.directory, what);
  sensor.configure({ [what]: place, limits: { freeSpace: limits.freeSpace } });
  const shell = (...words: string[]) =>
    disk.run(captureCommand, words, { TZ: 'UTC', CAPTURE_CONFIG: sensor.file, SUDO_USER: 'grant' });
  t.after(() => shell('stop', '--all'));
  const show = async (id: string) => JSON.parse((await shell('show', '--json', id)).out) as Shown;
  return { sensor, disk, shell, show, captures: what === 'captures' ? place : sensor.captures };
}

interface Shown {
  readonly state: string;
  readonly why: string;
  readonly savefile: string;
  readonly packets: number;
  readonly counts: { readonly captured: number };
}

async function send(port: number, bytes: number): Promise<void> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve, reject) =>
    socket.send(Buffer.alloc(bytes), port, address, (error) => (error ? reject(error) : resolve())),
  );
  socket.close();
}

describe('a disk that fills up', { concurrency: 3 }, () => {
  test('under a capture ends it before it is full, where the floor allows, and nothing of it is lost', async (t) => {
    const { disk, shell, show } = await sensorOn(t, 'captures', { freeSpace: '8MB', bytes: 24e6 });
    assert.equal((await shell('start', '-d', 'x', '-e', `dst host ${address} and udp port 9`)).code, 0);
    const savefile = (await show('c1')).savefile;
    let sent = 0;
    // As fast as a link of some megabits: the supervisor looks once a second.
    for (; tcpdumpsOf(disk.directory).length > 0 && sent < 500; sent += 1) {
      await send(9, 50_000);
      await pause(25);
    }
    const { state, why, packets, counts } = await until('it to be settled', async () => {
      const now = await show('c1');
      return now.state === 'finished' && now;
    });
    assert.equal(state, 'finished');
    assert.match(why, /^ended as the largest running capture: .* is free on the disk.*, and 8MB must stay free$/);
    assert.equal(packets, counts.captured);
    assert.ok(disk.freeBytes() > 1e6, `${disk.freeBytes()} bytes are free`);
    assert.ok(existsSync(disk.seen(`captures/${savefile}.json`)));
  });

  test('that somebody else filled is told: what is missing of the packets, and of the sidecar, which is made once there is room', async (t) => {
    const { disk, shell, show } = await sensorOn(t, 'captures', { freeSpace: '1B', bytes: 4e6 });
    const started = await shell('start', '-d', 'x', '-e', `dst host ${address} and udp port 10`);
    assert.equal(started.code, 0, started.err);
    const { savefile } = await show('c1');
    for (let sent = 0; sent < 20; sent += 1) await send(10, 1_000);
    await until('the packets to be in the file', () => statSync(disk.seen(`captures/${savefile}`)).size > 20_000);
    disk.fill();
    for (let sent = 0; sent < 30; sent += 1) await send(10, 1_000);
    const stopped = await shell('stop', 'c1');
    // The supervisor ends it, too, as soon as it sees the disk: whoever comes second is told so.
    assert.ok(stopped.code === 0 || stopped.code === 75, stopped.err);
    const { state, why, packets, counts } = await show('c1');
    assert.ok(state === 'stopped' || state === 'finished', state);
    assert.equal(counts.captured, 50);
    assert.ok(packets >= 20 && packets < 50, `${packets} packets`);
    assert.match(
      why,
      new RegExp(`${50 - packets} of 50 captured packets are missing from the savefile: was the disk full`),
    );
    assert.match(why, /the sidecar could not be written: the disk is full.*: capture verify c1 writes it/);
    assert.match(`${stopped.out}${stopped.err}`, /the sidecar could not be written/);
    assert.equal(existsSync(disk.seen(`captures/${savefile}.json`)), false);
    assert.deepEqual(readdirSync(disk.seen('captures')), [savefile]);

    disk.makeRoom();
    const verified = await shell('verify', 'c1');
    assert.equal(verified.code, 1, verified.out);
    assert.match(verified.out, /c1 sidecar missing/);
    assert.ok(existsSync(disk.seen(`captures/${savefile}.json`)));
    const again = await shell('verify', 'c1');
    assert.equal(again.code, 0, again.out);
  });

  test('with the registry on it: a start is refused with words, what runs goes on, and a stop works once there is room', async (t) => {
    const { disk, shell, show, captures } = await sensorOn(t, 'state', { freeSpace: '1MB', bytes: 4e6 });
    assert.equal((await shell('start', '-d', 'x', '-e', `dst host ${address} and udp port 11`)).code, 0);
    const [tcpdump] = tcpdumpsOf(captures);
    await send(11, 100);
    disk.fill();
    for (const words of [
      ['start', '-d', 'y', '-e', `dst host ${address} and udp port 12`],
      ['stop', 'c1'],
    ]) {
      const refused = await shell(...words);
      assert.equal(refused.code, 73, refused.err);
      assert.match(refused.err, /^capture: the registry \S+ cannot grow, the disk is full: make room, and try again$/m);
      assert.deepEqual(tcpdumpsOf(captures), [tcpdump]);
    }
    assert.equal(readdirSync(captures).length, 1);
    await send(11, 100);

    disk.makeRoom();
    const stopped = await shell('stop', 'c1');
    assert.equal(stopped.code, 0, stopped.err);
    const { state, packets } = await show('c1');
    assert.deepEqual([state, packets], ['stopped', 2]);
    const audited = await shell('audit', 'verify');
    assert.equal(audited.code, 0, audited.out);
  });
});
