import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fill } from '../bench/fill.ts';
import { openDatabase } from '../src/database.ts';
import { temporaryDirectory } from './capture/sensor.ts';

test('the benches can fill a registry of the present schema', (t) => {
  const database = openDatabase(temporaryDirectory(t));
  t.after(() => database.close());
  fill(database, 20);
  const counted = (table: string) => database.prepare(`select count(*) from ${table}`).pluck().get();
  assert.deepEqual(['captures', 'coverage', 'audit'].map(counted), [20, 10, 40]);
});
