import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { captureCommand, capture as captureWith, installation, type Ran, run } from './shell.ts';

const { directory, file } = installation();
const env = (login: string) => ({ CAPTURE_CONFIG: file, SUDO_USER: login });
const as = (login: string, ...words: string[]) => captureWith(words, env(login));
/** The same on a terminal of 80 columns, where something is typed. */
const typing = (typed: string, login: string, line: string): Promise<Ran> =>
  run('sh', ['-c', `printf '${typed}' | script -qec "$0 ${line}" /dev/null`, captureCommand], {
    TZ: 'UTC',
    ...env(login),
  });

async function start(login: string, description: string, port: number, ...more: string[]): Promise<string> {
  const started = await as(login, 'start', '--json', '-d', description, '-e', `udp port ${port}`, ...more);
  assert.equal(started.code, 0, started.err);
  return JSON.parse(started.out).id;
}

async function running(): Promise<string[]> {
  const captures: { id: string }[] = JSON.parse((await as('grant', 'list', '--json')).out);
  return captures.map(({ id }) => id).sort();
}

before(async () => {
  assert.deepEqual(
    [
      await start('grant', 'names asked for', 41_701),
      await start('grant', 'traffic to shop', 41_702),
      await start('will', 'shop, once more', 41_703, '--case', 'IR'),
    ],
    ['c1', 'c2', 'c3'],
  );
});

after(async () => {
  await as('grant', 'stop', '--all');
  rmSync(directory, { recursive: true });
});

describe('where one capture is asked for', () => {
  test('a word does that it alone has; what is done is told with its id', async () => {
    assert.match((await as('will', 'show', 'names')).out, /^Id: +c1$/m);
    assert.match((await as('grant', 'extend', 'names', '--for', '2h')).out, /^c1 ends /);
    assert.match((await as('grant', 'keep', '41701')).out, /^c1 ends .*started again after a reboot/);
  });

  test('a number is an id whose letter was forgotten', async () => {
    assert.equal(JSON.parse((await as('grant', 'show', '2', '--json')).out).id, 'c2');
  });

  test('a word of several is refused with their ids, and nothing is done', async () => {
    for (const words of [
      ['show', 'shop'],
      ['keep', 'SHOP'],
      ['extend', 'shop', '--for', '2h'],
    ]) {
      const { code, out, err } = await as('grant', ...words);
      assert.deepEqual([code, out], [64, ''], err);
      assert.match(
        err,
        /matches more than one capture: name one of them by its id\n {2}c3 running: will, shop, once more\n {2}c2 /,
      );
    }
  });

  test('extend and keep say as JSON what holds now', async () => {
    const before = JSON.parse((await as('grant', 'show', 'c2', '--json')).out);
    const extended = JSON.parse((await as('grant', 'extend', 'c2', '--for', '2h', '--json')).out);
    assert.equal(Date.parse(extended.limits.deadline) - Date.parse(before.limits.deadline), 7_200_000);
    assert.equal(extended.keep, false);
    assert.equal(JSON.parse((await as('grant', 'keep', 'c2', '--json')).out).keep, true);
  });

  test('get takes a word of those that have ended', async () => {
    const id = await start('grant', 'shop, over', 41_704);
    assert.equal((await as('grant', 'stop', id)).code, 0);
    assert.match((await as('grant', 'get', 'shop')).out, /grant_shop\.\.over_/);
    assert.match((await as('grant', 'get', 'names')).err, /no capture that has ended matches "names"/);
  });
});

describe('stop by a word', () => {
  test('of one or two letters stops no two captures', async () => {
    const { code, err } = await as('grant', 'stop', 's');
    assert.equal(code, 64);
    assert.match(err, /"s" is in 3 captures and too short to stop so many.*\n {2}c3 running: will, shop, once more\n/);
    assert.deepEqual(await running(), ['c1', 'c2', 'c3']);
  });

  test('of one or two letters stops what has it for its name', async () => {
    const more = await Promise.all([
      start('will', 'x', 41_705, '--case', 'Q9'),
      start('will', 'y', 41_706, '--case', 'q9'),
    ]);
    assert.equal((await as('will', 'stop', 'q9')).code, 0);
    assert.ok(!(await running()).some((id) => more.includes(id)));
  });

  test('on a terminal a Ctrl-C at the question is no, and is told', async () => {
    const asked = spawn('script', ['-qec', `${captureCommand} stop shop`, '/dev/null'], {
      env: { ...process.env, ...env('grant') },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const ended = once(asked, 'exit');
    let out = '';
    for await (const chunk of asked.stdout) {
      if (!out.includes('[y/N]') && `${out}${chunk}`.includes('[y/N]')) asked.stdin.write('\x03');
      out += chunk;
    }
    assert.deepEqual(await ended, [130, null], out);
    assert.match(out, /\[y\/N\][\s\S]*Nothing was stopped\./);
    assert.deepEqual(await running(), ['c1', 'c2', 'c3']);
  });

  test('on a terminal shows what it would stop, and stops nothing without a yes', async () => {
    for (const typed of ['\\n', 'n\\n', '\\004']) {
      const { out, code } = await typing(typed, 'grant', 'stop shop');
      assert.equal(code, 130, out);
      assert.match(out, /will .* shop, once more \[c3\]\r\ngrant .* traffic to shop \[c2\]\r\n/);
      assert.match(out, /Stop these 2 captures\? \[y\/N\][\s\S]*Nothing was stopped\./);
    }
    assert.deepEqual(await running(), ['c1', 'c2', 'c3']);
    assert.match((await typing('y\\n', 'grant', 'stop shop')).out, /Stopped: will_[\s\S]*Stopped: grant_traffic/);
    assert.deepEqual(await running(), ['c1']);
  });

  test('on a terminal asks nothing where one alone is meant', async () => {
    assert.doesNotMatch((await typing('', 'grant', 'stop c1')).out, /\[y\/N\]/);
    assert.deepEqual(await running(), []);
  });

  test("in a script stops all that match, as the original's -sf did", async () => {
    await start('grant', 'one', 41_707);
    await start('grant', 'two', 41_708);
    const { code, out } = await as('grant', '-sf', 'grant');
    assert.equal(code, 0);
    assert.equal(out.match(/^Stopped: grant_/gm)?.length, 2);
  });
});

describe('what was', () => {
  test('is listed with how it ended, as JSON with why, and piped as the original listed it', async () => {
    const [newest] = JSON.parse((await as('grant', 'list', '--all', '--json')).out);
    assert.deepEqual([newest.state, newest.why], ['stopped', 'stopped by grant']);
    assert.match(
      (await typing('', 'grant', 'list --all')).out,
      /^Times are in UTC\.\r\ngrant .* two \[c\d+ stopped\]\r\n/,
    );
    assert.match((await as('grant', 'list', '--all')).out, /^grant \w{3} \w{3} \d\d [\d:]{8} \d{4} two\n/);
  });

  test('is nothing where no capture has the word: that is an answer', async () => {
    assert.deepEqual(await as('grant', 'list', '--all', 'zzz'), { code: 0, out: '', err: '' });
  });
});
