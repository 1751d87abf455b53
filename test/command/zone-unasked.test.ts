import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Setting } from '../../src/command/command.ts';
import { parseCommand } from '../../src/command/parse.ts';

test('a search without a time among its words does not ask for the zone, which takes the shell longer than a list', () => {
  let asked = 0;
  const setting: Setting = {
    door: 'shell',
    now: Date.now(),
    get timezone() {
      asked += 1;
      return 'UTC';
    },
  };
  parseCommand(['search', '-d', 'why', '-e', 'host 192.0.2.1'], setting);
  assert.equal(asked, 0);
  parseCommand(['search', '-d', 'why', '-e', 'host 192.0.2.1', '--since', '10:00'], setting);
  assert.ok(asked > 0);
});
