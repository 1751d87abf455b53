import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import Database from 'better-sqlite3';
import { type AuditRow, hashOf, walkChain } from '../src/capture/chain.ts';
import { tokenOf } from '../src/capture/process.ts';
import { newestSchema, openDatabase } from '../src/database.ts';
import { until } from './capture/wait.ts';
import { capture, captureCommand, installation, run } from './cli/shell.ts';

type Shown = Readonly<Record<string, unknown>>;

const fixtures = join(import.meta.dirname, 'fixtures');
const shown: { readonly captures: readonly Shown[]; readonly audit: readonly Shown[] } = JSON.parse(
  readFileSync(join(fixtures, 'registry-0.1.0.json'), 'utf8'),
);

describe('a registry of release 0.1.0, opened by this one', () => {
  test('shows the captures that it showed', async (t) => {
    const { ask } = oldInstallation(t);
    assert.deepEqual(onlyKeysOf(shown.captures, await ask('list', '--all', '--json')), shown.captures);
  });

  test('shows the audit log that it showed, and goes on with its chain', async (t) => {
    const { ask, file } = oldInstallation(t);
    await ask('list', '--json');
    const audit = await ask('audit', '--json');
    assert.deepEqual(onlyKeysOf(shown.audit, audit.slice(0, shown.audit.length)), shown.audit);
    assert.ok(audit.length > shown.audit.length);
    assert.deepEqual(await verified(file), { sound: true, code: 0 });
  });

  test('keeps rows in every state as they are, and the chain; who comes first settles what nobody settled', async (t) => {
    const { ask, state, file } = oldInstallation(t);
    const old = new Database(join(state, 'registry.sqlite'));
    const asked = interrupt(old);
    const columns = old.prepare<[], string>(`SELECT name FROM pragma_table_info('captures')`).pluck().all().join();
    const rows = (database: Database.Database) =>
      database.prepare<[], { state: string }>(`SELECT ${columns} FROM captures ORDER BY number`).all();
    const before = rows(old);
    old.close();
    assert.deepEqual([...new Set(before.map((row) => row.state))].sort(), [
      'cancelled',
      'died',
      'failed',
      'finished',
      'running',
      'starting',
      'stopped',
      'stopping',
    ]);

    const database = openDatabase(state);
    t.after(() => database.close());
    assert.equal(database.pragma('user_version', { simple: true }), newestSchema());
    assert.deepEqual(rows(database), before);
    assert.deepEqual(database.prepare('SELECT seq FROM unsettled').pluck().all(), [asked]);
    const steps = await Array.fromAsync(walkChain(database, null, new AbortController().signal));
    const ended = steps.at(-1);
    assert.deepEqual(ended?.step === 'ended' && [ended.entries, ended.broken, ended.unguarded], [asked, null, []]);

    const settled = await ask('list', '--all', '--json');
    assert.deepEqual(
      settled.map(({ state }) => state).filter((state) => ['starting', 'running', 'stopping'].includes(String(state))),
      [],
    );
    assert.deepEqual(database.prepare('SELECT outcome FROM audit WHERE settles = ?').pluck().get(asked), 'unknown');
    assert.deepEqual(database.prepare('SELECT count(*) FROM unsettled').pluck().get(), 0);
    assert.deepEqual(await verified(file), { sound: true, code: 0 });
  });

  test('keeps what the bot knew of Slack', (t) => {
    const { state } = oldInstallation(t);
    const database = openDatabase(state);
    t.after(() => database.close());
    assert.equal(database.prepare("SELECT ts FROM messages WHERE part = 'main'").pluck().get(), '1795493797.000100');
    assert.equal(database.prepare('SELECT count(*) FROM deliveries').pluck().get(), 1);
    assert.equal(database.prepare('SELECT ts FROM digests').pluck().get(), '1795493798.000200');
  });

  test('gives the next capture the next number', async (t) => {
    const { ask, file } = oldInstallation(t);
    const started = await capture(['start', '-d', 'new', '-e', 'udp port 40431'], {
      CAPTURE_CONFIG: file,
      SUDO_USER: 'grant',
    });
    assert.equal(started.code, 0, started.err);
    assert.deepEqual(
      (await ask('list', '--json')).map(({ id }) => id),
      ['c6'],
    );
    await ask('stop', 'c6', '--json');
  });

  test('has the schema of a new registry', (t) => {
    const { state, file } = oldInstallation(t);
    openDatabase(state).close();
    openDatabase(join(dirname(file), 'new')).close();
    assert.deepEqual(schemaOf(state), schemaOf(join(dirname(file), 'new')));
  });

  test('is brought up to date once, however many processes open it at the same time', async (t) => {
    const { file } = oldInstallation(t);
    const as = { CAPTURE_CONFIG: file, SUDO_USER: 'grant' };
    const ran = await Promise.all(
      Array.from({ length: 4 }, () => run(captureCommand, ['list', '--all', '--json'], as)),
    );
    for (const { code, err, out } of ran) {
      assert.equal(code, 0, err);
      assert.deepEqual(onlyKeysOf(shown.captures, JSON.parse(out)), shown.captures);
    }
  });

  test('has a capture that runs through the upgrade: it is listed, and stopped with its counts', async (t) => {
    const { ask, state, file } = oldInstallation(t);
    const savefile = String(shown.captures.find(({ id }) => id === 'c1')?.savefile);
    const said = join(state, 'tcpdump/c1.stderr');
    mkdirSync(dirname(said));
    const path = join(dirname(file), 'captures', savefile);
    mkdirSync(dirname(path), { recursive: true });
    chmodSync(dirname(path), 0o777);
    const words = ['-nn', '-U', '-i', 'lo', '-w', path, '--', 'udp port 40432'];
    const tcpdump = spawn('tcpdump', words, { stdio: ['ignore', 'ignore', openSync(said, 'w')] });
    const ended = once(tcpdump, 'exit');
    t.after(() => tcpdump.kill('SIGKILL'));
    await until('tcpdump listens', () => readFileSync(said, 'utf8').includes('listening on'));
    const database = new Database(join(state, 'registry.sqlite'));
    database
      .prepare("UPDATE captures SET state = 'running', ended_at = NULL, why = NULL, tcpdump = ? WHERE number = 1")
      .run(tokenOf(tcpdump.pid ?? 0));
    database.close();

    assert.deepEqual(
      (await ask('list', '--json')).map(({ id, state }) => [id, state]),
      [['c1', 'running']],
    );
    const [stopped] = await ask('stop', 'c1', '--json');
    assert.equal(stopped?.state, 'stopped');
    assert.deepEqual(stopped?.counts, { captured: 0, receivedByFilter: 0, droppedByKernel: 0 });
    await ended;
  });
});

/** An installation whose registry the release before wrote; gone after the test. */
function oldInstallation(t: TestContext) {
  const { directory, file } = installation();
  const state = join(directory, 'state');
  mkdirSync(state, { mode: 0o750 });
  chmodSync(directory, 0o755);
  const database = new Database(join(state, 'registry.sqlite'));
  database.exec(readFileSync(join(fixtures, 'registry-0.1.0.sql'), 'utf8'));
  database.close();
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const ask = async (...words: string[]): Promise<Shown[]> => {
    const { code, out, err } = await capture(words, { CAPTURE_CONFIG: file, SUDO_USER: 'grant' });
    assert.equal(code, 0, err);
    return JSON.parse(out);
  };
  return { directory, file, state, ask };
}

/**
 * Adds a capture in each state that the fixture has none in, of processes that are gone, and an order that none of them settled.
 * @returns that order's entry
 */
function interrupt(database: Database.Database): number {
  const columns = database
    .prepare<[], string>(`SELECT name FROM pragma_table_info('captures') WHERE name NOT IN ('number', 'version')`)
    .pluck()
    .all();
  const like = database.prepare<[number], Record<string, unknown>>(`SELECT ${columns} FROM captures WHERE number = ?`);
  const insert = database.prepare(`INSERT INTO captures (${columns}) VALUES (${columns.map((name) => `@${name}`)})`);
  const open = { ended_at: null, why: null, bytes: null, packets: null, counts: null, sha256: null, facts: null };
  for (const [state, number, differing] of [
    ['starting', 1, { ...open, tcpdump: null }],
    ['running', 1, open],
    ['stopping', 2, open],
    ['running', 3, open],
    ['cancelled', 3, {}],
    ['failed', 1, { sha256: null, facts: null }],
  ] as const) {
    const savefile = `${state}_${like.get(number)?.savefile}`;
    insert.run({ ...like.get(number), ...differing, state, savefile, file: savefile });
  }
  const newest = database.prepare<[], AuditRow>('SELECT * FROM audit ORDER BY seq DESC LIMIT 1').get();
  if (newest === undefined) throw new Error('the fixture has an audit log');
  const { hash: previous, ...fields } = newest;
  const asked = { ...fields, seq: newest.seq + 1, outcome: 'asked', verb: 'stop', words: 'stop c1', previous } as const;
  const entry = { ...asked, hash: hashOf(asked) };
  const names = Object.keys(entry);
  database.prepare(`INSERT INTO audit (${names}) VALUES (${names.map((name) => `@${name}`)})`).run(entry);
  return asked.seq;
}

/** What `capture audit verify` makes of the log. */
async function verified(file: string): Promise<{ sound: unknown; code: number | null }> {
  const { code, out, err } = await capture(['audit', 'verify', '--json'], { CAPTURE_CONFIG: file, SUDO_USER: 'grant' });
  assert.equal(err, '');
  return { sound: JSON.parse(out).sound, code };
}

/** Each of the new release's objects cut down to the keys that the old one showed: keys may come, never go. */
function onlyKeysOf(before: readonly Shown[], after: readonly Shown[]): Shown[] {
  return after.map((object, at) => Object.fromEntries(Object.keys(before[at] ?? {}).map((key) => [key, object[key]])));
}

/** Every table, column, index and trigger. */
function schemaOf(state: string): unknown {
  const database = new Database(join(state, 'registry.sqlite'), { readonly: true });
  try {
    return database.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY type, name').all();
  } finally {
    database.close();
  }
}
