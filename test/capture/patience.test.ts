import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { moment, patiently } from '../../src/capture/patience.ts';

/** A database that waits on the event loop no longer than a bot's, and another handle, as if it were another process's. */
function opened(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'capture-patience-'));
  const [database, other] = [1, 2].map(() => new Database(join(directory, 'x.sqlite'), { timeout: moment }));
  assert.ok(database && other);
  database.pragma('journal_mode = WAL');
  database.exec('create table written (what text)');
  t.after(() => {
    database.close();
    other.close();
    rmSync(directory, { recursive: true });
  });
  const insert = database.prepare('insert into written values (?)');
  const written = () => database.prepare('select what from written').pluck().all();
  return { database, other, written, write: (what: string) => () => void insert.run(what) };
}

test('what is written while nobody has it locked is written at once', (t) => {
  const { database, written, write } = opened(t);
  void patiently(database, write('one'));
  assert.deepEqual(written(), ['one']);
});

test('a write waits for a lock, as many as there are, and the event loop for none of them', async (t) => {
  const { database, other, written, write } = opened(t);
  other.exec('BEGIN IMMEDIATE');
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const all = Array.from({ length: 40 }, (_, at) => patiently(database, write(`${at}`)));
  await pause(500);
  delay.disable();
  assert.deepEqual(written(), []);
  other.exec('ROLLBACK');
  await Promise.all(all);
  assert.equal(written().length, 40);
  // All of them waiting on it would be two seconds.
  assert.ok(delay.max < 1e9, `the event loop was blocked for ${delay.max / 1e6} ms`);
  assert.equal(database.pragma('busy_timeout', { simple: true }), moment);
});

test('it gives up once the time is over, having written nothing', async (t) => {
  const { database, other, written, write } = opened(t);
  other.exec('BEGIN IMMEDIATE');
  const began = performance.now();
  await assert.rejects(patiently(database, write('late'), 300), { code: 'SQLITE_BUSY' });
  assert.ok(performance.now() - began >= 300);
  other.exec('ROLLBACK');
  assert.deepEqual(written(), []);
});

test('what is wrong otherwise is told at once, and a transaction is begun again whole', async (t) => {
  const { database, other, written, write } = opened(t);
  await assert.rejects(
    patiently(database, () => assert.fail('a bug')),
    /a bug/,
  );
  other.exec('BEGIN IMMEDIATE');
  const both = database.transaction(() => {
    write('first')();
    write('second')();
  });
  const waiting = patiently(database, both);
  await pause(200);
  other.exec('ROLLBACK');
  await waiting;
  assert.deepEqual(written(), ['first', 'second']);
});
