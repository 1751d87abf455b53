import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { readConfig, recallConfig } from '../src/environment.ts';

const text = `sensor: bench-1
state: state
captures: captures
interfaces: [lo]
analysts:
  - { name: grant, role: lead, login: grant }
`;

describe('a configuration that was checked before', () => {
  let directory: string;
  let file: string;
  let note: string;

  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'capture-checked-'));
    mkdirSync(join(directory, 'state'));
    file = join(directory, 'capture.yml');
    note = join(directory, 'state', `configuration.${process.getuid?.()}.json`);
  });
  beforeEach(() => {
    rmSync(note, { force: true });
    writeFileSync(file, text);
  });
  after(() => rmSync(directory, { recursive: true }));

  test('is what it was when it was checked', async () => {
    const checked = await readConfig(file);
    assert.deepEqual(await recallConfig(file), checked);
    assert.deepEqual(readdirSync(join(directory, 'state')), [`configuration.${process.getuid?.()}.json`]);
    assert.deepEqual(await recallConfig(file), checked);
  });

  test('is not checked again, and checked anew when its text is another', async () => {
    await recallConfig(file);
    changeNote();
    assert.equal((await recallConfig(file)).sensor, 'as-noted');
    writeFileSync(file, text.replace('bench-1', 'bench-2'));
    assert.equal((await recallConfig(file)).sensor, 'bench-2');
    writeFileSync(file, text.replace('sensor:', 'sensors:'));
    await assert.rejects(recallConfig(file), { code: 'bad_request', message: /sensors: no such key/ });
  });

  test('is checked again where another could have written what is noted of it', async () => {
    await recallConfig(file);
    changeNote();
    chmodSync(note, 0o660);
    assert.equal((await recallConfig(file)).sensor, 'bench-1');
  });

  test('is checked again where the note is of another place, or no note', async () => {
    await recallConfig(file);
    const other = join(directory, 'other.yml');
    writeFileSync(other, text);
    assert.equal((await recallConfig(other)).file, other);
    writeFileSync(note, 'no note');
    assert.equal((await recallConfig(file)).file, file);
  });

  test('is checked each time where its state directory is not there', async () => {
    writeFileSync(file, text.replace('state: state', 'state: nowhere'));
    assert.equal((await recallConfig(file)).state, join(directory, 'nowhere'));
    assert.deepEqual(readdirSync(directory).includes('nowhere'), false);
  });

  test('leaves no notes of processes that were killed while they wrote one, and those of running ones alone', async () => {
    const { pid: ended } = spawnSync('true');
    const [dead, own, running] = [ended, process.pid, process.ppid].map((pid) => `${note}.${pid}`) as string[];
    for (const left of [dead, own, running]) writeFileSync(left ?? '', 'half a no');
    await recallConfig(file);
    assert.deepEqual(readdirSync(join(directory, 'state')).sort(), [basename(note), basename(running ?? '')]);
    rmSync(running ?? '');
  });

  /** What only who reads the note can know. */
  function changeNote(): void {
    writeFileSync(note, readFileSync(note, 'utf8').replace('"sensor":"bench-1"', '"sensor":"as-noted"'));
  }
});
