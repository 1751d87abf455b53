import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import Database from 'better-sqlite3';
import { capture, installation, writeRingFile } from './shell.ts';

const { directory, file, ring, captures } = installation();
const as = (login: string, ...words: string[]) => capture(words, { CAPTURE_CONFIG: file, SUDO_USER: login });
const savefiles = () => readdirSync(captures).filter((name) => name.endsWith('.pcap'));

before(async () => {
  writeRingFile(ring, 1_795_399_800, { count: 10, port: 4_444 });
  for (const description of ['first', 'second']) {
    const found = await as('grant', 'search', '-d', description, 'udp');
    assert.equal(found.code, 0, found.err);
  }
});

after(() => rmSync(directory, { recursive: true }));

/** Rewrites the registry as somebody with the right to write the file can. */
function byHand(sql: string): void {
  const registry = new Database(join(directory, 'state', 'registry.sqlite'));
  registry.exec(sql);
  registry.close();
}

describe('evidence at the shell', () => {
  test('verify says that what was not touched holds, and exits with 0', async () => {
    const { code, out, err } = await as('will', 'verify');
    assert.equal(code, 0, err);
    assert.match(out, /^c1 holds grant_first_\S+\nc2 holds grant_second_\S+\n2 savefiles: 2 hold\n$/);
  });

  test('get prints what fetches it, and what checks that it arrived whole', async () => {
    const { code, out, err } = await as('will', 'get', 'c1');
    assert.equal(code, 0, err);
    const [scp = '', check = ''] = out.trimEnd().split('\n').slice(-2);
    assert.match(scp, new RegExp(`^scp will@${hostname()}:\\S+/grant_first_\\S+\\.pcap will@\\S+\\.json \\.$`));
    assert.match(execFileSync('sh', ['-c', check], { cwd: captures, encoding: 'utf8' }), /^grant_first_\S+: OK\n$/);
    const [fetched] = JSON.parse((await as('will', 'get', 'c1', '--json')).out);
    assert.deepEqual([fetched.id, fetched.login, fetched.bytes], ['c1', 'will', readFileSync(fetched.path).length]);
  });

  test('verify names one that changed, in JSON, too, and exits with 1', async () => {
    const [, second = ''] = savefiles().toSorted();
    appendFileSync(join(captures, second), 'x');
    const { code, out } = await as('will', '-m');
    assert.equal(code, 1);
    assert.match(
      out,
      /\nc2 changed grant_second_\S+: SHA-256 [0-9a-f]{64}, \d+ bytes; it was [0-9a-f]{64}, \d+ bytes\n/,
    );
    const json = await as('will', 'verify', 'second', '--json');
    assert.equal(json.code, 1);
    const { savefiles: found, sound, sidecars } = JSON.parse(json.out);
    assert.deepEqual(
      [found.length, found[0].id, found[0].found.finding, sound, sidecars],
      [1, 'c2', 'changed', false, 0],
    );
  });

  test('get says of one that was changed in place what the last verify found', async () => {
    const path = join(captures, savefiles().toSorted()[1] ?? '');
    const changed = readFileSync(path);
    // Its length as it was.
    const inPlace = Buffer.from(changed.subarray(0, -1));
    inPlace.writeUInt8(inPlace.readUInt8(30) ^ 1, 30);
    writeFileSync(path, inPlace);
    assert.doesNotMatch((await as('will', 'get', 'c2')).err, /bytes, and had/);
    assert.equal((await as('will', 'verify', 'c2')).code, 1);
    const { code, err } = await as('will', 'get', 'c2');
    assert.equal(code, 0);
    assert.match(err, /^Warning: it is not what its digest was made of, as the last capture verify found/);
    writeFileSync(path, changed);
  });

  test('get of a savefile that is gone says so and exits with 66; with one that is left it prints that', async () => {
    const [first = '', second = ''] = savefiles().toSorted();
    renameSync(join(captures, second), join(directory, 'moved'));
    const { code, out, err } = await as('will', 'get', 'c2');
    assert.deepEqual([code, out], [66, '']);
    assert.match(
      err,
      /^capture: a savefile of c2 is gone, and capture did not delete it: \S+_second_\S+; was it moved\?/,
    );
    byHand(`INSERT INTO earlier (capture, savefile, ended_at, why) VALUES (1, '${second}', 1, 'moved')`);
    const half = await as('will', 'get', 'c1');
    assert.equal(half.code, 66);
    assert.match(half.out, new RegExp(`\\nscp .*${first}`));
    assert.match(half.err, /^Warning: a savefile of c1 is gone/);
    byHand('DELETE FROM earlier');
    renameSync(join(directory, 'moved'), join(captures, second));
  });

  test('-mf makes a digest where there is none', async () => {
    byHand('UPDATE captures SET sha256 = NULL WHERE number = 1');
    assert.match((await as('will', 'verify', 'c1')).out, /^c1 no digest /);
    const { code, out } = await as('will', '-mf', 'first');
    assert.deepEqual([code, out.startsWith('c1 hashed ')], [0, true], out);
  });

  test('audit verify walks the log, until one byte of it was changed by hand', async () => {
    const before = await as('grant', 'audit', 'verify');
    assert.equal(before.code, 0, before.err);
    assert.match(before.out, /^\d+ entries hold; up to the last of them, for --head\n {2}\d+:[0-9a-f]{64}\n$/);
    const printed = before.out.trimEnd().split('\n ').at(-1)?.trim() ?? '';
    assert.equal((await as('grant', 'audit', 'verify', '--head', printed)).code, 0);
    const [daily = ''] = (await as('grant', 'digest')).out.trimEnd().split('\n').slice(-1);
    assert.equal((await as('grant', 'audit', 'verify', '--head', daily.trim())).code, 0, daily);

    const registry = new Database(join(directory, 'state', 'registry.sqlite'));
    const refusal = registry
      .prepare<[], { sql: string }>(`SELECT sql FROM sqlite_master WHERE name = 'audit_is_never_rewritten'`)
      .get();
    registry.close();
    byHand(`DROP TRIGGER audit_is_never_rewritten; UPDATE audit SET analyst = 'granu' WHERE seq = 3; ${refusal?.sql}`);

    const after = await as('grant', 'audit', 'verify');
    assert.equal(after.code, 1);
    assert.match(
      after.out,
      /^Entry 3 is broken \(hash differs\): .*\n2 entries before it hold; up to the last of them, for --head\n {2}2:/,
    );
    const json = await as('grant', 'audit', 'verify', '--json');
    const { sound, broken, head } = JSON.parse(json.out);
    assert.deepEqual([json.code, sound, broken.seq, head.seq], [1, false, 3, 2]);
  });

  const refused: readonly [title: string, login: string, words: string[], code: number, sentence: RegExp][] = [
    ['a stranger who would verify', 'mallory', ['verify'], 77, /mallory/],
    ['a viewer who would verify', 'mona', ['verify'], 77, /viewer/],
    ['a viewer who would take a savefile away', 'mona', ['get', 'c1'], 77, /viewer/],
    ['an analyst who would walk the audit log', 'will', ['audit', 'verify'], 77, /leads/],
    ['a capture that is not there', 'will', ['get', 'c99'], 66, /c99/],
    ['a word that matches nothing', 'will', ['verify', 'nowhere'], 66, /nowhere/],
  ];
  for (const [title, login, words, code, sentence] of refused) {
    test(`${title}: ${code}, and that it was tried is in the audit log`, async () => {
      const ran = await as(login, ...words);
      assert.deepEqual([ran.code, ran.out], [code, ''], ran.err);
      assert.match(ran.err, sentence);
      const entries = JSON.parse((await as('grant', 'audit', '--last', '2', '--json')).out);
      assert.equal(entries[0].words, words.join(' '));
      assert.match(entries[0].outcome, /^(refused|invalid)$/);
      assert.equal(entries[0].origin.login, login);
    });
  }
});
