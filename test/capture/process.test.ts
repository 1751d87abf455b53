import assert from 'node:assert/strict';
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';
import { test } from 'node:test';
import { sinceBoot } from '../../src/capture/process.ts';

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
