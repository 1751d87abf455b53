import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { doorOptions } from '../../src/command/door.ts';
import { forgivePhone } from '../../src/command/phone.ts';
import { splitWords } from '../../src/command/words.ts';

const split: readonly [title: string, text: string, words: string[]][] = [
  ['spaces of any kind part words', ' start \t host\n192.0.2.7 ', ['start', 'host', '192.0.2.7']],
  ['single quotes keep all', '-d \'a \\ "b" $(id)\'', ['-d', 'a \\ "b" $(id)']],
  ['double quotes keep all but their escapes', '"a \\"b\\" \\d \\\\ \\$x"', ['a "b" \\d \\ $x']],
  ['quotes may begin inside a word', "description='to shop'", ['description=to shop']],
  ['an empty quoted word is a word', "-d ''", ['-d', '']],
  ['a backslash keeps the next character', "a\\ b \\'c \\\\", ['a b', "'c", '\\']],
  ['a backslash at the end of a line joins lines', 'a\\\nb', ['ab']],
  ['a last backslash is itself', 'a\\', ['a\\']],
  ['curly quotes quote', '“to shop” ‘b c’ „d e“', ['to shop', 'b c', 'd e']],
  ['a curly quote may close with a straight one', '“to shop"', ['to shop']],
  ['curly quotes inside straight ones are text', "'say “hi”'", ['say “hi”']],
  ['signs of the shell are text', 'tcp[13]&2!=0 | > ; * (a)', ['tcp[13]&2!=0', '|', '>', ';', '*', '(a)']],
];

describe('words', () => {
  for (const [title, text, words] of split) test(title, () => assert.deepEqual(splitWords(text), words));

  test('a quote that is not closed is refused, with what to do', () => {
    for (const text of ["don't", '"a', '“a']) {
      assert.throws(() => splitWords(text), { code: 'bad_request', message: /quote .* is not closed: add one/ });
    }
  });
});

const forgiven: readonly [title: string, text: string, meant: string][] = [
  ['curly quotes are straight', '“a” ‘b’', '"a" \'b\''],
  ['an em dash before a word is two hyphens', 'search —since 24h –until 2h', 'search --since 24h --until 2h'],
  ['a dash before one letter is one hyphen', 'start –d x —e tcp', 'start -d x -e tcp'],
  ['the original flags of the first word stay bundled', '–lf grant', '-lf grant'],
  ['help and json are long', '—help', '--help'],
  ['a dash inside quotes or text stays', "-d 'a —b' c — d 5–6", "-d 'a —b' c — d 5–6"],
  ['a dash inside a quoted text with an escaped quote stays', "-d 'it'\\''s —x' —y", "-d 'it'\\''s —x' -y"],
  ['NBSP and zero-width are spaces', 'a\u00a0b\u200bc\ufeffd', 'a b c d'],
  ['the joiner of an emoji stays', '👩‍💻', '👩‍💻'],
  ['bidirectional overrides are dropped', 'a\u202eb\u2066c', 'abc'],
  [
    'links are what they show',
    '<http://shop.example|shop.example> <mailto:a@b.example|a@b.example>',
    'shop.example a@b.example',
  ],
  ['a link without a label is its address', '<http://192.0.2.7>', 'http://192.0.2.7'],
  ['mentions are ids', '<@U024BE7LH|grant> <#C024BE91L|soc> <@W1>', 'U024BE7LH C024BE91L W1'],
  ['a call to the channel stays as typed', '<!channel>', '<!channel>'],
  ['entities are decoded once', 'len &gt; 9 &amp;&amp; a &amp;lt;', 'len > 9 && a &lt;'],
  ['letters are composed', 'cafe\u0301', 'café'],
];

describe('phones are forgiven', () => {
  for (const [title, text, meant] of forgiven) test(title, () => assert.equal(forgivePhone(text), meant));
});

describe("the shell door's own options", () => {
  test('stand anywhere before --', () => {
    assert.deepEqual(doorOptions(['--json', 'list', 'grant', '--config', 'x.yml']), {
      words: ['list', 'grant'],
      json: true,
      version: false,
      config: 'x.yml',
    });
    assert.deepEqual(doorOptions(['start', '--config=x.yml', '--', 'tcp', '--json']), {
      words: ['start', '--', 'tcp', '--json'],
      json: false,
      version: false,
      config: 'x.yml',
    });
    assert.equal(doorOptions(['list', '--version']).version, true);
  });

  test('are not looked for among the values of other options', () => {
    assert.deepEqual(doorOptions(['-ra', '--json', '-d', '--config']).words, ['-ra', '--json', '-d', '--config']);
  });

  test('refuse a configuration without a name, and two', () => {
    assert.throws(() => doorOptions(['list', '--config']), { code: 'bad_request', message: /--config has no value/ });
    assert.throws(() => doorOptions(['--config', 'a', '--config', 'b']), { message: /twice/ });
  });
});
