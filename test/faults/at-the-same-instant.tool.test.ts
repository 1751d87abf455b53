import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { auditOf, openSensor as openEngineSensor, tcpdumpsOf, unsettled } from '../capture/sensor.ts';
import { openSensor } from '../doctor/sensor.ts';

const address = '127.77.2.4';
const second = 1_795_486_205_000;

async function said(child: ChildProcess): Promise<string> {
  const [chunk] = child.stdout === null ? [] : await once(child.stdout, 'data');
  return String(chunk).trim();
}

describe('orders at the same instant', { concurrency: 2 }, () => {
  test('of two processes, with the same words in the same second, make two captures in two savefiles', async (t) => {
    const sensor = openEngineSensor();
    t.after(() => sensor.close());
    const program = join(import.meta.dirname, 'same-instant-process.ts');
    const both = [1, 2].map(() =>
      spawn(process.execPath, [program, sensor.directory, String(second), address], {
        stdio: ['pipe', 'pipe', 'inherit'],
      }),
    );
    await Promise.all(both.map(said));
    const told = both.map(said);
    for (const { stdin } of both) stdin.end('now\n');
    const started = (await Promise.all(told)).toSorted();
    assert.deepEqual(
      started.map((line) => line.split(' ')[0]),
      ['c1', 'c2'],
    );
    assert.deepEqual(started.map((line) => line.split(' ')[1]).toSorted(), [
      'grant_the.same.words.2_Tue.Nov24.2026-02.10.05.UTC_1795486205_.pcap',
      'grant_the.same.words_Tue.Nov24.2026-02.10.05.UTC_1795486205_.pcap',
    ]);
    assert.equal(readdirSync(sensor.captures).length, 2);
    assert.equal(tcpdumpsOf(sensor.directory).length, 2);
    assert.deepEqual(unsettled(sensor), []);
    const done = auditOf(sensor).filter(({ verb, outcome }) => verb === 'start' && outcome === 'done');
    assert.deepEqual(done.map(({ capture }) => capture).toSorted(), ['c1', 'c2']);
  });

  test('of eight shells, where one analyst may have five running: five start, three are told', async (t) => {
    const sensor = openSensor(t);
    sensor.configure({ limits: { freeSpace: '1MB', perAnalyst: 5 } });
    const words = ['start', '-d', 'the same words', '-e', `dst host ${address} and udp port 10`];
    const ran = await Promise.all(Array.from({ length: 8 }, () => sensor.as('will', ...words)));
    const [started, refused] = [ran.filter(({ code }) => code === 0), ran.filter(({ code }) => code !== 0)];
    assert.equal(started.length, 5, ran.map(({ err }) => err).join());
    for (const { code, err } of refused) {
      assert.equal(code, 75, err);
      assert.match(
        err,
        /^capture: will has 5 captures running \(c\d+(, c\d+){4}\), and 5 is the limit: stop one first$/m,
      );
    }
    const savefiles = started.map(({ out }) => out.replace(/^Started: /, '').trim());
    assert.deepEqual(readdirSync(sensor.captures).toSorted(), savefiles.toSorted());
    assert.equal(tcpdumpsOf(sensor.captures).length, 5);
    assert.equal((await sensor.capture('audit', 'verify')).code, 0);
  });
});
