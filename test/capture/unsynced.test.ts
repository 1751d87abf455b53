import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type Database from 'better-sqlite3';
import { unsynced } from '../../src/capture/unsynced.ts';
import { openDatabase } from '../../src/database.ts';

let directory: string;
let database: Database.Database;
before(() => {
  directory = mkdtempSync(join(tmpdir(), 'unsynced-test-'));
  database = openDatabase(directory);
});
after(() => {
  database.close();
  rmSync(directory, { recursive: true });
});

/** 1 is NORMAL, 2 is FULL (sqlite.org/pragma.html). */
const synchronous = () => database.pragma('synchronous', { simple: true });

describe('what need not outlast a power cut', () => {
  test('does not wait for the disk, and everything after it does', () => {
    assert.equal(unsynced(database, synchronous), 1);
    assert.equal(synchronous(), 2);
  });

  test('leaves the next commit on the disk though it failed itself', () => {
    assert.throws(() => unsynced(database, () => database.exec('not SQL')));
    assert.equal(synchronous(), 2);
  });

  test('is as lasting as the transaction that it is part of', () => {
    assert.equal(database.transaction(() => unsynced(database, synchronous))(), 2);
    assert.equal(synchronous(), 2);
  });
});
