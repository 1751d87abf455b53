import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { documents } from '../../deploy/documents.ts';
import { exits } from '../../src/cli/exits.ts';
import { formsAt, optionsOf } from '../../src/command/grammar.ts';
import { manual } from '../../src/command/manual.ts';
import { parseCommand } from '../../src/command/parse.ts';
import { roff } from '../../src/command/roff.ts';
import { splitWords } from '../../src/command/words.ts';

const deploy = join(import.meta.dirname, '../../deploy');
const setting = { door: 'shell', now: Date.parse('2026-11-24T10:00:00Z'), timezone: 'UTC' } as const;
const edition = { version: '1.2.3', exits: Object.values(exits) };

describe('the documents in deploy/', () => {
  for (const [path, text] of documents()) {
    test(`${path} is what the grammar says now (npm run docs writes it again)`, () => {
      assert.equal(readFileSync(join(deploy, path), 'utf8'), text);
    });
  }
});

describe('the manual page', () => {
  const page = printed(manual(edition));

  test('is printed without a warning, and says its version', () => {
    assert.match(page, /^CAPTURE\(1\) +capture +CAPTURE\(1\)\n/);
    assert.match(page, /\ncapture 1\.2\.3 +CAPTURE\(1\)\n$/);
  });

  test('has every verb of the shell, every option and every example', () => {
    for (const form of formsAt('shell')) {
      assert.ok(page.includes(`\n   capture ${form.verb}`), form.verb);
      for (const { name, letter, value } of optionsOf(form, 'shell')) {
        const spelled = `${letter === null ? '' : `-${letter}, `}--${name}${value === null ? '' : ` ${value}`}`;
        assert.ok(page.includes(`\n       ${spelled}`), `${form.verb} ${spelled}`);
      }
      for (const example of form.examples) assert.ok(page.includes(`\n           capture ${example}\n`), example);
    }
  });

  test('has every exit status of the command', () => {
    for (const { status } of Object.values(exits)) assert.match(page, new RegExp(`^ {7}${status} `, 'm'));
  });

  test('shows only lines that the command understands, copied from the printed page', () => {
    const lines = [...page.matchAll(/^ {11}capture (.*)$/gm)].map(([, line = '']) => line);
    assert.ok(lines.length > 20);
    for (const line of lines) assert.doesNotThrow(() => parseCommand(splitWords(line), setting), line);
  });

  test('shows every line of the original that the command understands', () => {
    const [, chapter = ''] = page.split('ORIGINAL FLAGS');
    for (const flags of ['-l', '-lf grant', '-lv', '-sf grant', '-svf grant', '-m', '-mf grant']) {
      assert.equal(chapter.includes(`           capture ${flags}\n`), understood(flags), flags);
    }
    for (const bundle of ['-a', '-ra', '-Ra']) {
      const line = `${bundle} grant -d 'traffic to shop' -e 'host 192.0.2.7'`;
      assert.equal(chapter.includes(`           capture ${line}\n`), understood(line), line);
    }
  });
});

test('any text is printed as it stands, whatever groff would make of its signs', () => {
  for (const text of [
    '.SH not a macro',
    "'br neither",
    'back\\slash \\fB \\n(.x',
    '"quoted" and `so`',
    '--dashes -d ^~',
    'naïve … ‘curly’ €',
    '.',
    '..',
  ]) {
    const page = printed(
      ['.TH X 1', `.SH "${roff(text)}"`, roff(text), '.TP', roff(text), `end ${roff(text)}`].join('\n'),
    );
    const body = page.split('\n').slice(1, -3).join(' ').replace(/\s+/g, ' ').trim();
    assert.equal(body, `${text} ${text} ${text} end ${text}`);
  }
});

function understood(line: string): boolean {
  try {
    parseCommand(splitWords(line), setting);
    return true;
  } catch {
    return false;
  }
}

/** The page as a terminal shows it, without bold and underlines; a warning of groff fails. */
function printed(page: string): string {
  const line = ['-man', '-Tutf8', '-Kutf8', '-ww', '-rLL=110n', '-P-c'];
  const { stdout, stderr, status } = spawnSync('groff', line, { input: `${page}\n`, encoding: 'utf8' });
  assert.deepEqual({ stderr, status }, { stderr: '', status: 0 });
  return stdout.replace(/.\x08/gu, '').replace(/\n{2,}/g, '\n\n');
}
