import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Capture } from '../../src/capture/capture.ts';
import { writeRingFile } from '../cli/shell.ts';
import { openSensor, type Sensor, searched } from './sensor.ts';
import { inRegistry } from './shelf.ts';

describe("a day's report on savefiles and the audit log", () => {
  let sensor: Sensor;
  let capture: Capture;
  let copy: string;

  before(async () => {
    sensor = openSensor();
    writeRingFile(sensor.ring, 1_795_399_800, { count: 10, port: 4_444 });
    const ended = (await searched(sensor, { description: 'first' })).at(-1)?.capture;
    await searched(sensor, { description: 'second' });
    assert.ok(ended);
    capture = ended;
    copy = join(sensor.directory, 'copy');
    copyFileSync(capture.path, copy);
  });
  after(() => sensor.close());

  const day = () => sensor.engine.day(0, Number.MAX_SAFE_INTEGER);
  const doubts = async () => (await day()).doubtful.map(({ held, doubt }) => `${held.capture} ${doubt}`);
  const verify = async () => {
    const order = { selector: capture.id, hash: false };
    await Array.fromAsync(sensor.engine.verify(order, sensor.grant, new AbortController().signal));
  };
  /** As it was, and its times, too. */
  const restore = () => {
    copyFileSync(copy, capture.path);
    utimesSync(capture.path, new Date(capture.startedAt), new Date(capture.startedAt));
  };

  test('doubts none that was left alone, nor one whose owner or mode changed', async () => {
    assert.deepEqual(await doubts(), []);
    chmodSync(capture.path, 0o400);
    assert.deepEqual(await doubts(), []);
    const { chain } = await day();
    assert.deepEqual([chain.broken, chain.unguarded, chain.entries > 3], [null, [], true]);
  });

  const harms: readonly [title: string, harm: () => void, doubt: string][] = [
    ['that is gone', () => rmSync(capture.path), 'vanished'],
    ['that grew', () => appendFileSync(capture.path, 'x'), 'other size'],
    ['that has other bytes', () => writeFileSync(capture.path, Buffer.alloc(capture.bytes ?? 0)), 'written to since'],
  ];
  for (const [title, harm, doubt] of harms) {
    test(`doubts one ${title}, and no more once it is as it was`, async () => {
      harm();
      assert.deepEqual(await doubts(), [`${capture.id} ${doubt}`]);
      restore();
      assert.deepEqual(await doubts(), []);
    });
  }

  test('believes a verification that what was written to holds', async () => {
    utimesSync(capture.path, new Date(), new Date());
    assert.deepEqual(await doubts(), [`${capture.id} written to since`]);
    await verify();
    assert.deepEqual(await doubts(), []);
  });

  test('doubts what was verified as changed, whatever its times say, until it is verified to hold', async () => {
    writeFileSync(capture.path, Buffer.alloc(capture.bytes ?? 0));
    await verify();
    utimesSync(capture.path, new Date(capture.startedAt), new Date(capture.startedAt));
    assert.deepEqual(await doubts(), [`${capture.id} changed`]);
    restore();
    assert.deepEqual(await doubts(), [`${capture.id} changed`]);
    await verify();
    assert.deepEqual(await doubts(), []);
  });

  test('doubts the earlier savefile of a capture like any other, and none that retention deleted', async () => {
    const [earlier, number] = [capture.savefile.replace('_first_', '_earlier_'), capture.id.slice(1)];
    inRegistry(
      sensor,
      `INSERT INTO earlier (capture, savefile, ended_at, why, bytes, sha256)
         SELECT number, '${earlier}', ended_at, 'a reboot', bytes, sha256 FROM captures WHERE number = ${number}`,
    );
    assert.deepEqual(await doubts(), [`${capture.id} vanished`]);
    inRegistry(sensor, `UPDATE earlier SET deleted_at = ended_at, deleted_why = 'its time was over'`);
    assert.deepEqual(await doubts(), []);
  });

  test('doubts what is a link by now, even to the same bytes', async () => {
    const elsewhere = join(sensor.directory, 'elsewhere');
    renameSync(capture.path, elsewhere);
    symlinkSync(elsewhere, capture.path);
    assert.deepEqual(await doubts(), [`${capture.id} unreadable`]);
    renameSync(elsewhere, capture.path);
    assert.deepEqual(await doubts(), []);
  });

  test('tells the first entry of the audit log that does not fit, also one that no report can read, and a trigger that is gone', async () => {
    inRegistry(sensor, `DROP TRIGGER audit_is_never_rewritten; UPDATE audit SET origin = '{' WHERE seq = 2`);
    const { chain, entries } = await day();
    assert.deepEqual([chain.broken?.seq, chain.broken?.fault, chain.entries], [2, 'hash differs', 1]);
    assert.deepEqual(chain.unguarded, ['audit_is_never_rewritten']);
    assert.ok(entries.length > 2 && entries.every(({ seq }) => seq !== 2));
  });
});
