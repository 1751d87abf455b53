import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pcap, udpFrame, udpPackets } from '../capture/pcaps.ts';
import { until } from '../capture/wait.ts';
import { openSensor, type Sensor } from '../doctor/sensor.ts';
import { openPrivateDisk } from '../faults/private-disk.ts';
import { captureCommand } from './shell.ts';

/** Adds a ring file of raw IP beside the Ethernet one. */
function addRaw(ring: string, count: number): void {
  const from = (Math.floor(Date.now() / 1_000) - 30) * 1_000_000;
  const packets = udpPackets(count, { from }).map(({ at }) => ({ at, frame: udpFrame(4_444, 'raw').subarray(14) }));
  writeFileSync(join(ring, 'daemonlogger.pcap.1795486206'), pcap(packets, { linktype: 101 }));
}

const show = async (sensor: Sensor, id: string) => JSON.parse((await sensor.capture('show', '--json', id)).out);

test('a search of two linktypes with --join prints the joined savefile last, and every verb takes it for one', async (t) => {
  const sensor = openSensor(t);
  addRaw(sensor.ring, 12);
  const found = await sensor.capture('search', '-d', 'beacon', '--join', 'udp port 4444');
  assert.equal(found.code, 0, found.err);
  assert.match(
    found.out,
    /\nFinished: grant_beacon\.joined_\S+_\.past\.pcapng\nWhy: joined: 42 packets of c1 and c2\n42 packets; \d+ bytes\n$/,
  );
  const whole = (await sensor.capture('show', 'c3')).out;
  assert.match(whole, /^Kind: +joined savefile$/m);
  assert.match(whole, /^Joined from: +c1 grant_beacon_\S+\.past\.pcap \(30 packets, SHA-256 [0-9a-f]{64}\)$/m);
  assert.match(whole, /^File type: +Wireshark\/\.\.\. - pcapng$/m);
  assert.match(whole, /^File encapsulation: +Per packet$/m);
  assert.doesNotMatch(whole, /Ring files/);
  assert.match((await sensor.capture('show', 'c1')).out, /^Join: +with the others of its order into c3$/m);
  assert.match((await sensor.capture('list', '--all')).out, /beacon/);
  assert.match((await sensor.capture('get', 'c3')).out, /pcapng/);
  const verified = await sensor.capture('verify', 'c3');
  assert.equal(verified.code, 0, verified.out);
  assert.match((await sensor.capture('digest')).out, /2 searches/);
  const { told } = await sensor.examined();
  assert.match(told.find(({ check }) => check === 'savefiles')?.found ?? '', /^3 files, as the registry has them$/);
});

test('a search of one linktype with --join says that there is nothing to join', async (t) => {
  const sensor = openSensor(t);
  const found = await sensor.capture('search', '-d', 'beacon', '--join', 'udp port 4444');
  assert.equal(found.code, 0);
  assert.match(found.err, /^Join: nothing to join: c1 has the only savefile$/m);
});

test('both with --join says when they are joined, and who is left behind joins them when the live capture ends', async (t) => {
  const sensor = openSensor(t);
  const began = await sensor.capture('both', '-d', 'beacon', '--join', 'udp port 4444');
  assert.equal(began.code, 0, began.err);
  assert.match(began.err, /^Join: c1 and c2 are joined once c1 has ended$/m);
  assert.match(
    (await sensor.capture('show', 'c1')).out,
    /^Join: +joined with the others of its order once all have ended$/m,
  );
  assert.equal((await sensor.capture('stop', 'c1')).code, 0);
  const joined = await until(
    'it is joined',
    async () => {
      const { state, ...rest } = (await show(sensor, 'c3').catch(() => ({ state: 'running' }))) as { state: string };
      return state === 'finished' && (rest as { why: string; packets: number });
    },
    20_000,
  );
  assert.equal(joined.packets, 30);
  assert.equal(joined.why, 'joined: 30 packets of c1 and c2');
});

test('a joined savefile comes back from its sidecar when the registry was lost', async (t) => {
  const sensor = openSensor(t);
  addRaw(sensor.ring, 12);
  await sensor.capture('search', '-d', 'beacon', '--join', 'udp port 4444');
  const before = await show(sensor, 'c3');
  writeFileSync(sensor.registry, 'damaged'.repeat(1_000));
  const rebuilt = await sensor.capture('doctor', '--rebuild');
  assert.equal(rebuilt.code, 0, rebuilt.out + rebuilt.err);
  const { channel: _, ...after } = await show(sensor, 'c3');
  const { channel: __, ...was } = before;
  assert.deepEqual(after, was);
  const verified = await sensor.capture('verify');
  assert.equal(verified.code, 0, verified.out);
  assert.match(verified.out, /c3 holds/);
});

test('what finds no room is not joined: told with numbers and the command, and what it would have been joined of stays', async (t) => {
  const sensor = openSensor(t);
  addRaw(sensor.ring, 20_000);
  const disk = await openPrivateDisk(t, join(sensor.directory, 'disk'), 2.6e6);
  const captures = join(disk.directory, 'captures');
  sensor.configure({ captures, limits: { freeSpace: '1MB' } });
  const env = { TZ: 'UTC', CAPTURE_CONFIG: sensor.file, SUDO_USER: 'grant' };
  const found = await disk.run(captureCommand, ['search', '-d', 'x', '--join', 'udp'], env);
  assert.equal(found.code, 69, found.err);
  assert.match(
    found.out,
    /Failed: grant_x\.joined_\S+\nWhy: not joined: it needs \S+; \S+ is free on the disk, and 1MB must stay free; by hand: mergecap -F pcapng -w FILE grant_x_\S+ grant_x\.2_\S+\n/,
  );
  const files = readdirSync(disk.seen('captures')).filter((name) => !name.endsWith('.json'));
  assert.equal(files.length, 2);
  assert.ok(readFileSync(disk.seen(`captures/${files[0]}`)).length > 24);
});
