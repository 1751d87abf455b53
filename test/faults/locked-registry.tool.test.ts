import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { isAlive, tokenOf } from '../../src/capture/process.ts';
import { tcpdumpsOf } from '../capture/sensor.ts';
import { until } from '../capture/wait.ts';
import { openSensor } from '../doctor/sensor.ts';
import { messageIn, openStage } from '../e2e/stage.ts';
import { supervisorsOf } from './killing/installation.ts';
import { openLocker } from './locker.ts';

const lockedInWords =
  /^capture: the registry \S+ has been locked by another process for 5 s: try again; fuser -v \S+ names it$/m;
/** Not a wait for something: nobody waits this long for a lock, and twice as long at most. Milliseconds. */
const longerThanPatience = 7_000;
const expression = 'dst host 127.77.2.3 and udp port 9';

describe('a registry that another process keeps locked', { concurrency: 3 }, () => {
  test('is told at a start and a stop, which do nothing; afterwards both work', async (t) => {
    const sensor = openSensor(t);
    assert.equal((await sensor.capture('start', '-d', 'runs', '-e', expression)).code, 0);
    const running = tcpdumpsOf(sensor.captures);
    const locker = await openLocker(sensor.registry);
    await locker.lock();
    const refused = await Promise.all([
      sensor.capture('start', '-d', 'x', '-e', expression),
      sensor.capture('stop', 'c1'),
    ]);
    for (const { code, err } of refused) {
      assert.equal(code, 75, err);
      assert.match(err, lockedInWords);
    }
    assert.deepEqual(tcpdumpsOf(sensor.captures), running);
    assert.equal(readdirSync(sensor.captures).length, 1);
    await locker.release();
    const stopped = await sensor.capture('stop', 'c1');
    assert.equal(stopped.code, 0, stopped.err);
    assert.equal((await sensor.capture('start', '-d', 'x', '-e', expression)).code, 0);
    assert.equal((await sensor.capture('audit', 'verify')).code, 0);
  });

  test('does not end the supervisor, which goes on holding limits', async (t) => {
    const sensor = openSensor(t);
    assert.equal((await sensor.capture('start', '-d', 'x', '-e', expression, '--for', '14s')).code, 0);
    const supervisor = await until('the supervisor to be there', () => {
      const [pid] = supervisorsOf(sensor.file);
      return pid !== undefined && existsSync(join(sensor.state, 'registry.sqlite-shm')) && tokenOf(pid);
    });
    const locker = await openLocker(sensor.registry);
    await locker.lock();
    await pause(longerThanPatience);
    await locker.release();
    assert.ok(isAlive(supervisor), 'the supervisor has ended');
    await until('the limit to be held', () => tcpdumpsOf(sensor.captures).length === 0, 40_000);
    await until('the supervisor to end with its last capture', () => !isAlive(supervisor));
    const shown = JSON.parse((await sensor.capture('show', '--json', 'c1')).out);
    assert.equal(shown.state, 'finished');
    // On a busy machine it may have been over for a while.
    assert.match(shown.why, /^its time was over: 14s from its start/);
  });

  test('does not end the bot, which answers again afterwards', async (t) => {
    const stage = await openStage(t);
    const { workspace, grant, soc } = stage;
    const bot = await stage.startBot();
    const types = (line: string) => workspace.as(grant).types(line, soc);
    const locker = await openLocker(join(stage.directory, 'state', 'registry.sqlite'));
    const started = types(`/capture start -d before -e "${expression}"`);
    await until(
      'the capture to run, its message not being posted yet',
      () => stage.engine.peek('c1')?.state === 'running',
    );
    await locker.lock();
    await started;
    await types('/capture stop c1');
    await pause(longerThanPatience);
    await locker.release();
    await messageIn(stage, soc, /Capturing · before/);
    assert.equal((await types('/capture stop c1')).outcome, 'acked');
    await messageIn(stage, soc, /Stopped · before/);
    assert.equal(workspace.messagesIn(soc.id).length, 1);
    assert.equal(bot.process.exitCode, null, bot.lines.join('\n'));
  });
});
