import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import Database from 'better-sqlite3';
import { execa } from 'execa';
import { openRegistry } from '../src/capture/registry.ts';
import { openDatabase } from '../src/database.ts';

let directory: string;
before(() => {
  directory = mkdtempSync(join(tmpdir(), 'database-test-'));
});
after(() => rmSync(directory, { recursive: true }));

describe('the registry', () => {
  test('is made with its schema, safe against power loss, for its owner and group only', () => {
    const state = join(directory, 'a', 'state');
    const database = openDatabase(state);
    assert.equal(database.pragma('journal_mode', { simple: true }), 'wal');
    assert.equal(database.pragma('synchronous', { simple: true }), 2);
    assert.equal(database.pragma('foreign_keys', { simple: true }), 1);
    assert.deepEqual(
      database
        .prepare(`SELECT name FROM sqlite_schema WHERE name IN ('audit', 'captures') ORDER BY name`)
        .pluck()
        .all(),
      ['audit', 'captures'],
    );
    database.close();
    assert.equal(statSync(state).mode & 0o777, 0o750);
  });

  test('is opened again with what it holds', () => {
    const state = join(directory, 'again');
    const first = openDatabase(state);
    const version = first.pragma('user_version', { simple: true });
    first.exec(`INSERT INTO audit VALUES (1, 0, 'noted', NULL, 'v', NULL, NULL, '{}', '', NULL, NULL, 'p', 'x', 'y')`);
    first.close();
    const second = openDatabase(state);
    assert.equal(second.pragma('user_version', { simple: true }), version);
    assert.equal(second.prepare('SELECT count(*) FROM audit').pluck().get(), 1);
    second.close();
  });

  test('of before searches of several rings says what its searches had of their one ring', () => {
    const state = join(directory, 'one-ring');
    mkdirSync(state);
    const old = new Database(join(state, 'registry.sqlite'));
    const steps = readdirSync('src/schema')
      .filter((name) => name < '008')
      .sort();
    for (const step of steps) old.exec(readFileSync(join('src/schema', step), 'utf8'));
    old.pragma(`user_version = ${steps.length}`);
    const span = { at: 5, from: 1, to: 2, writtenAt: 3, holes: [{ from: 1, to: 2 }], holesOver: 60_000 };
    const insert = old.prepare(`
      INSERT INTO captures (kind, state, analyst, ordered_by, description, expression, ring, snaplen, savefile, file, started_at, owner,
        ring_span, expanded)
      VALUES ('past', 'finished', 'grant', 'grant', 'd', 'tcp', 'dmz', 64, ?, 'f', 1, 'p', ?, ?)`);
    insert.run('one', JSON.stringify(span), null);
    insert.run('two', JSON.stringify(span), 'vlan and tcp');
    insert.run('three', null, null);
    old.close();
    const database = openDatabase(state);
    const { byId } = openRegistry(database, directory, 'p');
    assert.deepEqual(
      ['c1', 'c2', 'c3'].map((id) => byId(id)?.ringSpans),
      [[{ ...span, ring: 'dmz', behindTags: false }], [{ ...span, ring: 'dmz', behindTags: true }], []],
    );
    database.close();
  });

  test('of a newer release is left alone', () => {
    const state = join(directory, 'newer');
    openDatabase(state).close();
    const newer = new Database(join(state, 'registry.sqlite'));
    newer.pragma('user_version = 1000');
    newer.close();
    assert.throws(() => openDatabase(state), { code: 'conflict', message: /newer release/ });
  });

  test('that is no database, or has no place, is told with its name', () => {
    const state = join(directory, 'broken');
    openDatabase(state).close();
    writeFileSync(join(state, 'registry.sqlite'), 'not a database, whatever its name says'.repeat(100));
    assert.throws(() => openDatabase(state), { code: 'tool_failed', message: /registry\.sqlite is damaged/ });
    writeFileSync(join(directory, 'file'), '');
    assert.throws(() => openDatabase(join(directory, 'file')), { code: 'tool_failed', message: /cannot be opened/ });
  });

  test('is made once when several processes open it at the same time', async () => {
    const source = join(import.meta.dirname, '../src/database.ts');
    for (let round = 0; round < 2; round += 1) {
      const state = join(directory, `race-${round}`);
      const program = `import { openDatabase } from ${JSON.stringify(source)};
        openDatabase(${JSON.stringify(state)}).close();`;
      const opened = Array.from({ length: 6 }, () =>
        execa(process.execPath, ['--input-type=module', '-e', program], { reject: false }),
      );
      for (const { exitCode, stderr } of await Promise.all(opened)) assert.equal(exitCode, 0, stderr);
    }
  });
});
