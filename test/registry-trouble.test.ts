import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import Database from 'better-sqlite3';
import { CaptureError } from '../src/capture/errors.ts';
import { wordedAs } from '../src/capture/wording.ts';
import { registryTrouble } from '../src/database.ts';

describe("SQLite's errors in words", () => {
  for (const [code, means, words] of [
    ['SQLITE_CORRUPT', 'tool_failed', /is damaged .* what runs goes on running; .*capture doctor --rebuild/],
    ['SQLITE_CORRUPT_INDEX', 'tool_failed', /is damaged/],
    ['SQLITE_NOTADB', 'tool_failed', /is damaged/],
    ['SQLITE_BUSY', 'conflict', /has been locked by another process for 5 s: try again; fuser -v \S+ names it/],
    ['SQLITE_BUSY_SNAPSHOT', 'conflict', /has been locked/],
    ['SQLITE_FULL', 'no_room', /the disk is full/],
    ['SQLITE_IOERR_SHMSIZE', 'no_room', /the disk is full/],
    ['SQLITE_IOERR_WRITE', 'tool_failed', /cannot be read or written \(SQLITE_IOERR_WRITE\)/],
    ['SQLITE_READONLY', 'tool_failed', /run capture as the owner of \/var\/lib\/capture/],
    ['SQLITE_CANTOPEN', 'tool_failed', /is not open to this user/],
  ] as const) {
    test(`${code} is ${means}`, () => {
      const trouble = registryTrouble(new Database.SqliteError('as SQLite says it', code), '/var/lib/capture');
      assert.equal(trouble?.code, means);
      assert.match(trouble.message, words);
      assert.match(trouble.message, /^the registry \/var\/lib\/capture\/registry\.sqlite /);
    });
  }

  test('a broken constraint, and what is none of its errors, stay the bugs that they are', () => {
    assert.equal(registryTrouble(new Database.SqliteError('UNIQUE', 'SQLITE_CONSTRAINT_UNIQUE'), '/x'), undefined);
    assert.equal(registryTrouble(new CaptureError('conflict', 'x'), '/x'), undefined);
    assert.equal(registryTrouble(new TypeError('x'), '/x'), undefined);
  });
});

describe('an engine whose registry breaks later', () => {
  const damage = new Database.SqliteError('malformed', 'SQLITE_CORRUPT');
  const door = wordedAs(
    {
      name: 'door',
      peek: (): string => {
        throw damage;
      },
      list: async (): Promise<string[]> => {
        throw damage;
      },
      watch: async function* (): AsyncGenerator<string> {
        yield 'first';
        throw damage;
      },
      head: (id: string) => id,
    },
    (error) => registryTrouble(error, '/x') ?? error,
  );
  const told = { name: 'CaptureError', code: 'tool_failed' };

  test('says so at once, from a promise, and in the middle of an iteration', async () => {
    assert.throws(() => door.peek(), told);
    await assert.rejects(door.list(), told);
    const seen: string[] = [];
    await assert.rejects(async () => {
      for await (const each of door.watch()) seen.push(each);
    }, told);
    assert.deepEqual(seen, ['first']);
  });

  test('gives everything else back as it is', () => {
    assert.deepEqual([door.head('c1'), door.name], ['c1', 'door']);
  });
});
