import assert from 'node:assert/strict';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { persistently } from '../../src/bot/persistently.ts';
import { registryTrouble } from '../../src/database.ts';
import { keptLog } from './sample.ts';

const locked = new Database.SqliteError('database is locked', 'SQLITE_BUSY');

for (const [how, error] of [
  ['as SQLite says it', locked],
  ['as the engine puts it', registryTrouble(locked, '/state')],
] as const) {
  test(`a registry that is locked, ${how}, is waited for, and said so in the log`, async () => {
    const { log, lines } = keptLog();
    const closing = new AbortController();
    let tries = 0;
    await persistently(
      async () => {
        tries += 1;
        if (tries === 1) throw error;
        closing.abort();
      },
      { log, signal: closing.signal },
    );
    assert.equal(tries, 2);
    assert.match(JSON.stringify(lines), /next try follows/);
  });
}

test('anything else is a bug, and no try follows', async () => {
  const here = { log: keptLog().log, signal: new AbortController().signal };
  await assert.rejects(
    persistently(() => Promise.reject(new Error('a bug')), here),
    /a bug/,
  );
});
