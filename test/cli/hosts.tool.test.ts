import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { capture, captureCommand, installation, writeRingFile } from './shell.ts';

const { directory, file, ring } = installation();
const env = { CAPTURE_CONFIG: file, SUDO_USER: 'grant' };
const grant = (...words: string[]) => capture(words, env);
const list = join(directory, 'hosts');

before(() => {
  writeRingFile(ring, 1_795_399_800, { count: 10, port: 4_444 });
  writeFileSync(list, '# from the alert\n192.0.2[.]7\n198.51.100.0/24\n2001:db8::/32\n');
});
after(() => rmSync(directory, { recursive: true }));

describe('capture search --hosts', () => {
  test('takes a file, needs no expression, and says in detail what it looked for', async () => {
    const found = await grant('search', '-d', 'indicators', '--hosts', list);
    assert.equal(found.code, 0, found.err);
    assert.match(found.out, /^10 packets; /m);
    const none = await grant('search', '-d', 'others', '--hosts', list, 'port 80');
    assert.match(none.out, /^no packets; /m);

    const nets = ['192.0.2.7/32', '198.51.100.0/24', '2001:db8::/32'];
    const sha256 = execFileSync('sha256sum', { input: nets.map((net) => `${net}\n`).join(''), encoding: 'utf8' }).slice(
      0,
      64,
    );
    const shown = await grant('show', 'c1');
    assert.match(shown.out, /^Expression: +everything$/m);
    assert.match(shown.out, new RegExp(`^Hosts: +3 \\(sha256 ${sha256}\\)$`, 'm'));
    assert.match((await grant('list', '--all', '-v')).out, new RegExp(`^Hosts: +3 \\(sha256 ${sha256}\\)$`, 'm'));
    const whole = JSON.parse((await grant('show', '--json', 'c1')).out);
    assert.deepEqual(whole.hosts, { entries: 3, sha256, behindTags: false, nets });
    const [listed] = JSON.parse((await grant('list', '--all', '--json')).out);
    assert.deepEqual(listed.hosts, { entries: 3, sha256, behindTags: false });
    assert.match((await grant('audit', '--last', '20')).out, /search asked: search -d indicators --hosts \S+\/hosts$/m);
  });

  test('takes stdin where the file is named -', async () => {
    const child = spawn(captureCommand, ['search', '-d', 'typed', '--hosts', '-'], { env: { ...process.env, ...env } });
    child.stdin.end('192.0.2.7\n');
    const [out, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
    assert.equal(code, 0);
    assert.match(out, /^10 packets; /m);
  });

  const refused: readonly [title: string, name: string, says: RegExp][] = [
    [
      'lines that are no addresses, by their numbers alone',
      '/etc/passwd',
      /^capture: in the list of hosts, lines 1, 2, 3, 4, 5 and \d+ more: expected an address or a net, such as 192\.0\.2\.7 or 2001:db8::\/32\n$/,
    ],
    ['a file that is not there', join(directory, 'nosuch'), /^capture: --hosts \S+nosuch is not there\n$/],
    ['a directory', directory, /is no regular file: pass what it says to --hosts -\n$/],
    ['a pipe that nobody writes to, without waiting', join(directory, 'pipe'), /is no regular file/],
    ['an empty list', join(directory, 'empty'), /the list of hosts has no address and no net in it\n$/],
    ['a list that is too long', join(directory, 'long'), /the list of hosts is longer than 16 MiB\n$/],
  ];
  for (const [title, name, says] of refused) {
    test(`refuses ${title}`, async () => {
      execFileSync('mkfifo', [join(directory, 'pipe')], { stdio: 'ignore' });
      writeFileSync(join(directory, 'empty'), '# nothing yet\n');
      writeFileSync(join(directory, 'long'), '192.0.2.7\n'.repeat(2_000_000));
      const before = (await grant('list', '--all')).out;
      const { code, out, err } = await grant('search', '-d', 'x', '--hosts', name);
      assert.deepEqual([code, out], [64, '']);
      assert.match(err, says);
      assert.equal((await grant('list', '--all')).out, before);
      rmSync(join(directory, 'pipe'));
    });
  }
});
