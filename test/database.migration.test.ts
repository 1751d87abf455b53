import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import Database from 'better-sqlite3';
import { tokenOf } from '../src/capture/process.ts';
import { openDatabase } from '../src/database.ts';
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
    const chain = new Database(join(dirname(file), 'state/registry.sqlite'), { readonly: true });
    const broken = chain
      .prepare(
        'SELECT seq FROM audit JOIN (SELECT seq + 1 AS next, hash AS before FROM audit) ON seq = next WHERE previous <> before',
      )
      .pluck()
      .all();
    chain.close();
    assert.deepEqual(broken, []);
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
