import assert from 'node:assert/strict';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { captureCommand, run } from './shell.ts';

/** What stands where Node would stand: says which file it was to run, and with what words. */
const node = `#!/bin/sh
while [ "\${1#--}" != "$1" ]; do shift; done
printf '%s|' "$NODE_COMPILE_CACHE" "$@"
`;

describe('capture runs the installation that it stands in', () => {
  let directory: string;
  let home: string;

  before(() => {
    directory = realpathSync(mkdtempSync(join(tmpdir(), 'capture-linked-')));
    home = join(directory, 'capture 2');
    mkdirSync(join(home, 'bin'), { recursive: true });
    mkdirSync(join(home, 'node_modules/.bin'), { recursive: true });
    cpSync(captureCommand, join(home, 'bin/capture'));
    writeFileSync(join(home, 'node_modules/.bin/node'), node);
    chmodSync(join(home, 'node_modules/.bin/node'), 0o755);
    mkdirSync(join(directory, 'bin'));
    symlinkSync(home, join(directory, 'current'));
    symlinkSync('../current/bin/capture', join(directory, 'bin/linked'));
    symlinkSync('linked', join(directory, 'bin/again'));
  });
  after(() => rmSync(directory, { recursive: true }));

  const calls: readonly [told: string, line: string][] = [
    ['by its path', '"$0/capture 2/bin/capture"'],
    ['by a path from elsewhere', 'cd "$0" && "capture 2/bin/capture"'],
    ['by a path from elsewhere, where cd looks in other places first', 'cd "$0" && CDPATH=/ "capture 2/bin/capture"'],
    ['by a path upwards', 'cd "$0/capture 2/node_modules" && ../bin/capture'],
    ['by its name alone', 'cd "$0/capture 2/bin" && sh capture'],
    ['through a link of its directory', '"$0/current/bin/capture"'],
    ['through a link in the path', 'PATH="$0/bin:$PATH" linked'],
    ['through a link to a link, from elsewhere', 'cd "$0/bin" && ./again'],
  ];
  for (const [told, line] of calls) {
    test(told, async () => {
      const { out, err } = await run('bash', ['-c', `${line} list 'two words'`, directory]);
      const cache = join(home, 'node_modules/.cache/capture');
      assert.deepEqual({ out, err }, { out: `${cache}|${join(home, 'src/cli/main.ts')}|list|two words|`, err: '' });
    });
  }
});
