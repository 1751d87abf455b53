import assert from 'node:assert/strict';
import { test } from 'node:test';
import { count, counted, lasting, percentOf, size, utc, utcExactly } from '../../src/reports/figures.ts';
import { clip, manyLines, oneLine } from '../../src/reports/words.ts';

test('words come out on one line, and what would hide or turn text is written out', () => {
  const told: [string, string][] = [
    ['  traffic\tto\r\n shop ', 'traffic to shop'],
    ['invoice\u202Efdp.exe', 'invoice‹U+202E›fdp.exe'],
    ['a\u200Bb\u0000c', 'a‹U+200B›b‹U+0000›c'],
    ['\u001b[31mred', '‹U+001B›[31mred'],
    ['half \ud83d emoji', 'half ‹U+D83D› emoji'],
    ['flags \u{e0067}', 'flags ‹U+E0067›'],
  ];
  for (const [typed, shown] of told) assert.equal(oneLine(typed), shown);
});

test('emoji and other scripts stay as they were typed', () => {
  for (const words of ['👩‍💻 ok', '👍🏽', '❤️', 'Müller 東京 عربي', 'e\u0301']) assert.equal(oneLine(words), words);
});

test('a joiner outside of an emoji is written out', () => {
  assert.equal(oneLine('a\u200Db'), 'a‹U+200D›b');
});

test('a tool’s lines stay lines, without a flood of empty ones', () => {
  assert.equal(manyLines('\n\none\r\ntwo  \n\n\n\n\tthree\u0007\n'), 'one\ntwo\n\n three‹U+0007›');
});

test('a cut shows, and never halves a character', () => {
  assert.equal(clip('shop', 4), 'shop');
  assert.equal(clip('shops', 4), 'sho…');
  assert.equal(clip('ab😀cd', 4), 'ab…');
});

test('figures read as people say them', () => {
  const thin = '\u202F';
  assert.deepEqual([0, 1023, 1024, 1_262_485, 1024 ** 2 - 1, 7_945_689_498].map(size), [
    '0 B',
    '1023 B',
    '1.0 KiB',
    '1.2 MiB',
    '1.0 MiB',
    '7.4 GiB',
  ]);
  assert.deepEqual([0, 999, 1000, 1_234_567].map(count), ['0', '999', `1${thin}000`, `1${thin}234${thin}567`]);
  assert.deepEqual(
    [counted(0, 'packet'), counted(1, 'search', 'searches'), counted(2, 'search', 'searches')],
    ['no packets', '1 search', '2 searches'],
  );
  assert.deepEqual([0, 9_940, 59_400, 60_000, 7_199_000, 7_500_000, 90_000_000].map(lasting), [
    '0.0 s',
    '9.9 s',
    '59 s',
    '1 min',
    '1 h 59 min',
    '2 h 5 min',
    '1 d 1 h',
  ]);
  assert.deepEqual([percentOf(0, 0), percentOf(1, 3), percentOf(3, 3), percentOf(Number.NaN, 1)], [0, 33, 99, 0]);
});

test('times name their zone, packets’ times to the microsecond', () => {
  assert.equal(utc(1_795_486_205_000), '2026-11-24 02:10:05 UTC');
  assert.equal(utcExactly(1_795_486_205_000_123), '2026-11-24 02:10:05.000123 UTC');
  assert.equal(utc(Number.NaN), 'no valid time');
});
