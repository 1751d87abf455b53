import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fill } from '../bench/fill.ts';
import { openDatabase } from '../src/database.ts';

test('the benches can fill a registry of the present schema', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'capture-fill-'));
  const database = openDatabase(directory);
  t.after(() => {
    database.close();
    rmSync(directory, { recursive: true });
  });
  fill(database, 20);
  const counted = (table: string) => database.prepare(`select count(*) from ${table}`).pluck().get();
  assert.deepEqual(['captures', 'coverage', 'audit'].map(counted), [20, 10, 40]);
});
