import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { withCast } from '../../sandbox/workspace/cast.ts';
import { typedInCommand, typedInMessage } from '../../sandbox/workspace/people/typed.ts';
import { openWorkspace } from '../../sandbox/workspace/workspace.ts';
import { CaptureError } from '../../src/capture/errors.ts';
import type { Command, Setting } from '../../src/command/command.ts';
import { unfinished } from '../../src/command/draft.ts';
import { formsAt } from '../../src/command/grammar.ts';
import { parseCommand } from '../../src/command/parse.ts';
import { forgivePhone, typedText } from '../../src/command/phone.ts';
import { printCommand } from '../../src/command/print.ts';
import { wordsSaid } from '../../src/command/reason.ts';
import { splitWords } from '../../src/command/words.ts';

const now = Date.parse('2026-11-24T10:00:00Z');
const settings: readonly Setting[] = [
  { door: 'slack', now, timezone: 'Europe/Berlin' },
  { door: 'slack', now, timezone: 'UTC', about: 'c7' },
];
/** Every run tries the same texts: what fails once fails always. */
const seeded = { seed: 20_261_124, numRuns: 3_000 } as const;

/** What phones, keyboards and Slack make of words. */
const oddities = [
  ...['“', '”', '„', '‘', '’', '‚', "'", '"', '\\', '—', '–', '−', '-', '--', '=', ':', ',', ' '],
  ...['\u00a0', '\u200b', '\u200d', '\ufeff', '\u202e', '\u2066', '\u061c', '\n', '\r\n', '\t', '\u2028', '\0'],
  ...[
    '<!channel>',
    '<!here|here>',
    '<@U1|n>',
    '<@U024BE7LH>',
    '<#C1|soc>',
    '<http://h|h>',
    '<http://h>',
    '<mailto:a@b|a@b>',
  ],
  ...['<', '>', '&', '&amp;', '&lt;', '&gt;', '&amp;lt;', '&quot;', '<http://', '|', '<@U1'],
  ...[
    '🐙',
    '👩‍💻',
    '🏴‍☠️',
    '\ud83d',
    '\udc19',
    'e\u0301',
    'ﬁ',
    'İ',
    'ſ',
    '$(id)',
    '`id`',
    ';',
    '__proto__',
    'constructor',
  ],
];
const spellings = formsAt('slack').flatMap(({ verb, options, examples }) => [
  verb,
  verb.toUpperCase(),
  ...examples,
  ...options.flatMap(({ name, letter }) => [
    `--${name}`,
    `—${name}`,
    `${name}=`,
    `${name}:`,
    ...(letter ? [`-${letter}`, `–${letter}`] : []),
  ]),
]);
const values = [
  '2h',
  '7d',
  '30m ago',
  'yesterday',
  '2026-11-23',
  '10MB',
  '5',
  'c12',
  'C12',
  'p1',
  'verify',
  'port 53',
  'dmz,lan',
];
const piece = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...oddities) },
  { weight: 3, arbitrary: fc.constantFrom(...spellings) },
  { weight: 3, arbitrary: fc.constantFrom(...values) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }) },
);
const glue = fc.constantFrom('', ' ', ' ', ' ');
const chaos = fc.array(fc.tuple(piece, glue), { maxLength: 20 }).map((all) => all.flat().join(''));

/** An order of the kind that people write, with a text in it that nobody expects. */
const surrounded = fc
  .tuple(
    fc.constantFrom('start', 'Search', 'both', 'pin', 'list', 'stop', 'show', 'extend', '–lf'),
    chaos,
    fc.constantFrom('"', "'", '“', ''),
  )
  .map(([verb, text, quote]) => {
    const closing = quote === '“' ? '”' : quote;
    const value = `${quote}${text}${closing}`;
    switch (verb) {
      case 'start':
      case 'Search':
      case 'both':
        return `${verb} -d ${value} —case ${value} -e ${value}`;
      case 'pin':
        return `pin –d ${value} --since 2h`;
      case 'extend':
        return `extend ${value} --for 2h`;
      default:
        return `${verb} ${value}`;
    }
  });
const slackText = fc.oneof(chaos, surrounded);

test('whatever Slack delivers is understood or refused with a sentence, and what it prints back means the same', () => {
  let understood = 0;
  fc.assert(
    fc.property(slackText, fc.constantFrom(...settings), (text, setting) => {
      const words = wordsOf(text);
      if (words === null) return;
      onlyRefuses(() => unfinished(words, setting));
      const command: Command | null = onlyRefuses(() => parseCommand(words, setting));
      if (command === null) return;
      understood += 1;
      assert.deepEqual(typedAgain(printCommand(command), setting), command);
    }),
    seeded,
  );
  assert.ok(understood > seeded.numRuns / 10, `only ${understood} texts were understood: nothing was tried`);
});

test('ten thousand characters of anything are no more than that', () => {
  for (const one of [...oddities, ...spellings, ...values]) {
    const long = `${one} `.repeat(10_000).slice(0, 10_000);
    for (const text of [long, `start -d "${long}" -e "${long}"`, `search ${long.replaceAll(' ', '')}`]) {
      const words = wordsOf(text);
      if (words === null) continue;
      for (const setting of settings) {
        onlyRefuses(() => unfinished(words, setting));
        const command: Command | null = onlyRefuses(() => parseCommand(words, setting));
        if (command !== null) assert.deepEqual(typedAgain(printCommand(command), setting), command);
      }
    }
  }
});

test('a message and a slash command of the same words are the same order', async () => {
  const workspace = await openWorkspace({ manifest: {} });
  withCast(workspace);
  const { state } = workspace;
  try {
    for (const words of [
      'start -d "a & b <c>" -e "host 192.0.2.7 and len > 3"',
      'search —since 2h –d “@grant saw shop.com” port 53',
      'show c1',
    ]) {
      assert.deepEqual(
        splitWords(forgivePhone(typedInMessage(state, words))),
        splitWords(forgivePhone(typedInCommand(state, words, false))),
      );
    }
    // For the audit log: nothing of what Slack made of it, and all of what was typed.
    assert.equal(typedText(typedInMessage(state, 'start –d “a & b” www.shop.com')), 'start –d “a & b” www.shop.com');
  } finally {
    await workspace.close();
  }
});

/** As all ways of saying something read it; null where that is refused. */
function wordsOf(text: string): string[] | null {
  typedText(text);
  return onlyRefuses(() => splitWords(forgivePhone(text)));
}

/** What was printed, copied and sent again: Slack escapes three signs. */
function typedAgain(printed: string, setting: Setting): Command {
  const sent = printed.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return parseCommand(splitWords(forgivePhone(sent)), setting);
}

function onlyRefuses<Result>(act: () => Result): Result | null {
  try {
    return act();
  } catch (error) {
    if (error instanceof CaptureError && error.code === 'bad_request' && error.message.length > 10) return null;
    throw error;
  }
}

test('the reason of a denial keeps its apostrophes, and other lines are split as ever', () => {
  for (const [text, words] of [
    ['deny a1 we don’t need it', ['deny', 'a1', "we don't need it"]],
    ["Deny A1 don't: can't wait", ['Deny', 'A1', "don't: can't wait"]],
    ['deny a1', ['deny', 'a1']],
    ['deny', ['deny']],
    ["deny it isn't ours", ['deny', "it isn't ours"]],
    ['deny a1 “too broad”', ['deny', 'a1', 'too broad']],
    ["deny a1 'it'\\''s'", ['deny', 'a1', "it's"]],
    ['deny a1 --help', ['deny', 'a1', '--help']],
    ['deny --help', ['deny', '--help']],
    ['show “two words”', ['show', 'two words']],
    ['denying', ['denying']],
  ] as const)
    assert.deepEqual(wordsSaid(forgivePhone(text)), words);
  assert.throws(() => wordsSaid("show don't"), /quote ' is not closed/);
  const { verb, ...denial } = parseCommand(wordsSaid('deny a1 host 192.0.2.7 only'), settings[0] ?? assert.fail());
  assert.deepEqual(denial, { id: 'a1', reason: 'host 192.0.2.7 only' });
  assert.equal(verb, 'deny');
});
