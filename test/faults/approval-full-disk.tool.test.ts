import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { tcpdumpsOf } from '../capture/sensor.ts';
import { captureCommand } from '../cli/shell.ts';
import { openSensor } from '../doctor/sensor.ts';
import { openPrivateDisk } from './private-disk.ts';

const full = /^capture: the registry \S+ cannot grow, the disk is full: make room, and try again$/m;

test('on a full disk nothing is asked for and nothing approved, which is said in words; both work once there is room', async (t) => {
  const sensor = openSensor(t);
  const disk = await openPrivateDisk(t, join(sensor.directory, 'disk'), 4e6);
  sensor.configure({
    state: join(disk.directory, 'state'),
    approval: { everything: true },
    limits: { freeSpace: '1MB' },
  });
  const as = (login: string, ...words: string[]) =>
    disk.run(captureCommand, words, { TZ: 'UTC', CAPTURE_CONFIG: sensor.file, SUDO_USER: login });
  const ask = () => as('will', 'start', '-d', 'all of it', '-e', 'ip or not ip');
  const asked = await ask();
  assert.equal(asked.code, 75, asked.err);

  disk.fill();
  for (const refused of [await ask(), await as('grant', 'approve', 'a1')]) {
    assert.equal(refused.code, 73, refused.err);
    assert.match(refused.err, full);
  }
  assert.deepEqual(tcpdumpsOf(sensor.captures), []);

  disk.makeRoom();
  const approved = await as('grant', 'approve', 'a1');
  assert.equal(approved.code, 0, approved.err);
  assert.equal(tcpdumpsOf(sensor.captures).length, 1);
  const again = await ask();
  assert.equal(again.code, 75, again.err);
  assert.match(`${again.out}${again.err}`, /\ba2\b/);
  const audited = await as('grant', 'audit', 'verify');
  assert.equal(audited.code, 0, audited.out);
  const stopped = await as('grant', 'stop', '--all');
  assert.equal(stopped.code, 0, stopped.err);
  assert.deepEqual(tcpdumpsOf(sensor.captures), []);
});
