import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import Database from 'better-sqlite3';
import { execa } from 'execa';
import { openNetwork } from '../../sandbox/network/network.ts';
import type { AuditEntry } from '../../src/capture/orders.ts';
import { tokenOf } from '../../src/capture/process.ts';
import { tcpdumpsOf } from '../capture/sensor.ts';
import { until } from '../capture/wait.ts';
import { captureCommand, run } from '../cli/shell.ts';
import { openSensor, type Sensor } from '../doctor/sensor.ts';
import { supervisorsOf } from './killing/installation.ts';

/** A capture that is kept, on a sensor that was started again, and whose interface is down. */
async function rebooted(t: TestContext, name: string, ...limits: string[]) {
  const network = await openNetwork({ name, kind: 'namespace' });
  t.after(() => network.close());
  const sensor = openSensor(t);
  sensor.configure({ interfaces: [network.interface] });
  const shell = async (...words: string[]) => {
    const { file, args } = network.command(captureCommand, words);
    const ran = await run(file, args, { CAPTURE_CONFIG: sensor.file, SUDO_USER: 'grant' });
    assert.equal(ran.code, 0, ran.err);
    return ran.out;
  };
  await shell('start', '-d', 'kept', '--keep', ...limits, '-e', 'udp port 4444');
  await until('somebody to be left behind', () => supervisorsOf(sensor.file).length === 1);
  const pids = [...supervisorsOf(sensor.file), ...tcpdumpsOf(sensor.captures)];
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  await until('all to be gone', () => pids.every((pid) => tokenOf(pid) === undefined));
  const link = (...change: string[]) =>
    execa('ip', ['-n', network.description.namespaces?.sensor ?? '', 'link', 'set', network.interface, ...change]);
  await link('down');
  const boot = '00000000-0000-0000-0000-000000000000';
  inRegistry(sensor, `UPDATE captures SET tcpdump = '1/${boot}/1', boot = '${boot}'`);
  const shown = async () => JSON.parse(await shell('show', '--json', 'c1'));
  const noted = async () =>
    (JSON.parse(await shell('audit', '--json')) as AuditEntry[]).flatMap(({ verb, outcome, detail }) =>
      outcome === 'noted' ? [`${verb}: ${detail}`] : [],
    );
  return { sensor, shell, shown, noted, link };
}

function inRegistry({ registry }: Sensor, sql: string): void {
  const database = new Database(registry);
  database.exec(sql);
  database.close();
}

function versionIn({ registry }: Sensor): number {
  const database = new Database(registry, { readonly: true });
  const version = database.prepare<[], number>('SELECT version FROM captures').pluck().get();
  database.close();
  return version ?? 0;
}

const notUp = /not started again after a reboot: tcpdump did not start: .*not up/;

test('a kept capture whose interface is down after a reboot waits for it, told once, and goes on when it comes up', async (t) => {
  const { sensor, shell, shown, noted, link } = await rebooted(t, 'waits');
  await shell('list');
  const waiting = await shown();
  assert.equal(waiting.state, 'starting');
  assert.match(waiting.why, notUp);
  assert.equal(waiting.earlier.length, 1);
  const version = versionIn(sensor);
  await shell('list');
  assert.equal(versionIn(sensor), version, 'a look that finds it down changes nothing');
  const told = await noted();
  assert.equal(told.length, 1, told.join('\n'));
  assert.match(told[0] ?? '', notUp);
  await link('up');
  const running = await until('it to run again', async () => {
    const now = await shown();
    return now.state === 'running' && now;
  });
  assert.equal(running.why, null);
  assert.deepEqual((await noted()).slice(1), [`start: started again after a reboot: ${running.savefile}`]);
  assert.match(await shell('stop', 'c1'), /^Stopped: /);
});

test('a kept capture that waits for its interface is stopped like any other, with an empty savefile that verifies', async (t) => {
  const { shell, shown } = await rebooted(t, 'stopped');
  await shell('list');
  assert.match(await shell('stop', 'kept'), /^Stopped: .*\nWhy: stopped by grant; not started again after a reboot/);
  const { state, why, packets, path, sha256, earlier } = await shown();
  assert.deepEqual([state, packets, earlier.length], ['stopped', 0, 1]);
  assert.match(why, notUp);
  assert.match(sha256, /^[0-9a-f]{64}$/);
  assert.equal(statSync(path).size, 24);
  assert.equal(JSON.parse(readFileSync(`${path}.json`, 'utf8')).why, why);
  await shell('verify');
});

test('a kept capture that waits for its interface ends when its time is over', async (t) => {
  const { sensor, shell, shown } = await rebooted(t, 'over', '--for', '1h');
  await shell('list');
  inRegistry(sensor, 'UPDATE captures SET deadline = started_at + 1000');
  const finished = await until('it to end', async () => {
    const now = await shown();
    return now.state === 'finished' && now;
  });
  assert.match(finished.why, /^its time was over: 1s from its start.*; not started again after a reboot: /);
  await shell('verify');
});
