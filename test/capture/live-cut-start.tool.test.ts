import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { execa } from 'execa';
import { tokenOf } from '../../src/capture/process.ts';
import { openSensor, tcpdumpsOf } from './sensor.ts';
import { until } from './wait.ts';

test('packets of a start that was cut off are settled with their count and digest, though their tcpdump is dead, too', async (t) => {
  const sensor = openSensor();
  t.after(() => sensor.close());
  const { capture } = await sensor.engine.start({ description: 'cut', expression: 'udp port 9' }, sensor.grant);
  await execa('bash', ['-c', 'for i in 1 2 3; do echo x > /dev/udp/127.0.0.1/9; done']);
  await until('the packets to be in the file', () => (sensor.engine.peek(capture.id)?.bytes ?? 0) > 200);
  // As a starter leaves it that was killed before it could say that tcpdump listens.
  const registry = new Database(join(sensor.config.state, 'registry.sqlite'));
  registry.prepare(`UPDATE captures SET state = 'starting', owner = '1/gone/0'`).run();
  registry.close();
  const pids = tcpdumpsOf(sensor.directory);
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  // Its arguments are gone before it is.
  await until('tcpdump to be gone', () => pids.every((pid) => tokenOf(pid) === undefined));
  await sensor.engine.reconcile();
  const settled = sensor.engine.peek(capture.id);
  assert.deepEqual([settled?.state, settled?.packets], ['died', 3]);
  assert.match(settled?.sha256 ?? '', /^[0-9a-f]{64}$/);
  assert.match(settled?.why ?? '', /tcpdump was killed.*the process that started it was gone before/);
});
