import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { doorWords, formsAt, optionsOf } from '../../src/command/grammar.ts';
import { verbOf } from '../../src/command/original.ts';

const script = join(import.meta.dirname, '../../deploy/completion/capture.bash');
const verbs = formsAt('shell').map(({ verb }) => verb);

describe('completion in bash', () => {
  test('offers every verb of the shell', () => {
    assert.deepEqual(offered(''), [...verbs].sort());
  });

  test('offers every option of a verb, and those of the command itself', () => {
    for (const form of formsAt('shell')) {
      const long = [...optionsOf(form, 'shell').map(({ name }) => `--${name}`), ...doorWords];
      assert.deepEqual(offered(form.verb, '--'), long.sort(), form.verb);
    }
  });

  test("offers the original's flags where a verb may stand", () => {
    const words = offered('-');
    for (const flag of Object.keys(verbOf)) assert.ok(words.includes(`-${flag}`), flag);
  });

  test("after the original's flags offers what the verb takes that they name", () => {
    assert.deepEqual(offered('-ra', 'grant', '--si'), ['--since']);
    assert.deepEqual(offered('-sv', '--al'), ['--all']);
    assert.deepEqual(offered('-a', 'grant', '--sn'), ['--snaplen']);
  });

  test('finds the verb behind the options of the command', () => {
    assert.deepEqual(offered('--json', '--config', 'start', 'li'), ['list']);
    assert.deepEqual(offered('--config', '=', 'x.yml', 'stop', '--al'), ['--all']);
  });

  test('offers interfaces where one is asked for', () => {
    const interfaces = readdirSync('/sys/class/net').sort();
    for (const words of [['start', '-i'], ['start', '--interface'], ['-i'], ['start', '--interface', '=']]) {
      assert.deepEqual(offered(...words, ''), interfaces, words.join(' '));
    }
  });

  test('offers files for a configuration, one with a blank in its name too', () => {
    const directory = mkdtempSync(join(tmpdir(), 'capture completion '));
    const file = join(directory, 'capture.yml');
    writeFileSync(file, '');
    assert.deepEqual(offered('list', '--config', join(directory, 'cap')), [file]);
    assert.deepEqual(offered('--config', '=', join(directory, 'cap')), [file]);
    rmSync(directory, { recursive: true });
  });

  test('offers nothing for what only the analyst knows', () => {
    for (const words of [
      ['start', '-d', ''],
      ['start', '-e', ''],
      ['-lf', ''],
      ['start', '--', 'ho'],
      ['show', 'c'],
      ['nonsense', ''],
    ]) {
      assert.deepEqual(offered(...words), [], words.join(' '));
    }
  });

  test('offers verbs to help, and the word that audit takes', () => {
    assert.deepEqual(offered('help', 'st'), ['start', 'stop']);
    assert.deepEqual(offered('audit', 'v'), ['verify']);
  });
});

/** What bash offers for the last of the words after `capture`. */
function offered(...words: string[]): string[] {
  const program = `source "$0"; COMP_WORDS=(capture "$@"); COMP_CWORD=$#; _capture; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const lines = execFileSync('bash', ['-euo', 'pipefail', '-c', program, script, ...words], {
    encoding: 'utf8',
    cwd: join(import.meta.dirname, '../..'),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return [...new Set(lines.split('\n').filter((line) => line !== ''))].sort();
}
