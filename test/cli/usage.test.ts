import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { capture, captureCommand, installation, run } from './shell.ts';

const nowhere = { CAPTURE_CONFIG: '/nonexistent/capture.yml' };

describe('capture, without any configuration', () => {
  for (const words of [[], ['help'], ['-h'], ['-?'], ['--help']]) {
    test(`'capture ${words.join(' ')}' prints its usage`, async () => {
      const { code, out, err } = await capture(words, nowhere);
      assert.deepEqual({ code, err }, { code: 0, err: '' });
      assert.match(out, /^capture: packet captures with a reason/);
    });
  }

  test('explains a verb, as JSON where that is asked for', async () => {
    const { code, out } = await capture(['help', 'start', '--json'], nowhere);
    assert.equal(code, 0);
    assert.match(JSON.parse(out).help, /capture start -d 'traffic to shop' -e 'host 192\.0\.2\.7'/);
  });

  test('refuses what it does not understand with 64 and a sentence on stderr', async () => {
    const refused = await capture(['strat', '-d', 'x'], nowhere);
    assert.deepEqual(refused, {
      code: 64,
      out: '',
      err: "capture: there is no verb 'strat': did you mean capture start -d x?\n",
    });
  });

  test('names what is missing', async () => {
    const { code, err } = await capture(['start', '-e', 'host 192.0.2.7'], nowhere);
    assert.equal(code, 64);
    assert.match(err, /start needs a description .*capture start -d 'traffic to shop' -e 'host 192\.0\.2\.7'/);
  });

  test('says which capture it is, as JSON where that is asked for', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    assert.deepEqual(await capture(['--version'], nowhere), { code: 0, out: `capture ${version}\n`, err: '' });
    const { out } = await capture(['--json', '--version'], nowhere);
    assert.deepEqual(JSON.parse(out), { name: 'capture', version });
  });

  test('does not let a hostile word drive the terminal that its refusal is read on', async () => {
    const { code, err } = await capture(['\u001b]0;owned\u0007'], nowhere);
    assert.equal(code, 64);
    assert.doesNotMatch(err, /[\u001b\u0007]/);
  });

  test('ends quietly when the reader of its output goes away', async () => {
    const line = `"${captureCommand}" help | true; echo "\${PIPESTATUS[0]}"`;
    const { out, err } = await run('bash', ['-c', line]);
    assert.deepEqual({ out, err }, { out: '0\n', err: '' });
  });
});

describe('a configuration that cannot be used', () => {
  test('is refused with 64 and where it was looked for', async () => {
    const { code, err } = await capture(['list'], nowhere);
    assert.equal(code, 64);
    assert.match(err, /^capture: no configuration at \/nonexistent\/capture\.yml, which CAPTURE_CONFIG names: /);
  });

  test('that nobody names is told with every place where it was looked for', {
    skip: ['/capture.yml', '/etc/capture/capture.yml'].some((file) => existsSync(file)) && 'this machine has one',
  }, async () => {
    const ran = await run('sh', ['-c', `cd / && exec "$0" list`, captureCommand]);
    assert.equal(ran.code, 64);
    assert.match(
      ran.err,
      /^capture: no configuration at \/capture\.yml or \/etc\/capture\/capture\.yml: make one there, or/,
    );
  });

  test('is refused with every mistake by its key, and no stack', async () => {
    const { directory, file } = installation();
    writeFileSync(file, 'sensor: bench-1\nstate: 5\nfoo: 1\n');
    const { code, err } = await capture(['list', '--config', file]);
    rmSync(directory, { recursive: true });
    assert.equal(code, 64);
    assert.match(err, /state: .*\n(.*\n)*.*foo: no such key/);
    assert.doesNotMatch(err, /\n {4}at /);
  });
});
