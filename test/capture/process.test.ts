import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';
import { test } from 'node:test';
import { endProcess, sinceBoot, tokenOf } from '../../src/capture/process.ts';

test('the time since boot is whole milliseconds, at every hundredth of a second that the kernel tells', (t) => {
  const uptime = t.mock.method(os, 'uptime');
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
  for (let hundredths = 0; hundredths < 10_000; hundredths += 1) {
    uptime.mock.mockImplementation(() => hundredths / 100);
    assert.equal(sinceBoot(), hundredths * 10);
  }
});

test('a process that ignores a signal gets the next one, although the clock is set back meanwhile', {
  timeout: 10_000,
}, async (t) => {
  const child = spawn('sh', ['-c', 'trap "" INT; echo ready; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  const token = tokenOf(child.pid ?? 0);
  assert.ok(token);
  let now = Date.now();
  t.mock.method(Date, 'now', () => {
    now -= 1_000;
    return now;
  });
  assert.equal(await endProcess(token, ['SIGINT', 'SIGKILL'], 100), true);
});
