import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { CaptureError } from '../../src/capture/errors.ts';
import type { Command, Door } from '../../src/command/command.ts';
import { doorOptions } from '../../src/command/door.ts';
import { grammar } from '../../src/command/grammar.ts';
import { parseCommand } from '../../src/command/parse.ts';
import { forgivePhone } from '../../src/command/phone.ts';
import { printCommand } from '../../src/command/print.ts';
import { quoteWord, splitWords } from '../../src/command/words.ts';

const now = Date.parse('2026-11-24T10:00:00Z');
const doors: readonly Door[] = ['shell', 'slack'];

const spellings = Object.values(grammar).flatMap((form) => [
  form.verb,
  ...form.options.flatMap(({ name, letter }) => [`--${name}`, `-${letter}`, `${name}=`, `${name}:x`]),
]);
const troubles = [
  '--',
  '-',
  '',
  '—',
  "'",
  '“',
  '\\',
  '-ra',
  '-svf',
  '-R',
  '__proto__',
  '2h',
  'ago',
  '<!channel>',
  '&amp;',
  '\u202e',
];
const word = fc.oneof(
  fc.constantFrom(...spellings, ...troubles),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
);

const said = fc
  .oneof(fc.string({ unit: 'grapheme', minLength: 1 }), word, fc.constantFrom('-w /etc/x', '$(id)', 'two\nlines', '-d'))
  .filter((value) => value.trim() !== '');
/** A comma parts rings. */
const ringName = said.filter((value) => !value.includes(',')).map((value) => value.trim());
const selector = said.filter((value) => !/^C\d+$/.test(value));
const count = fc.integer({ min: 1, max: 999_999_999 });
const past = fc.integer({ min: 1, max: now * 1_000 });
const window = fc
  .record({ since: fc.option(past), until: fc.option(past) })
  .filter(({ since, until }) => since === null || until === null || since < until);
const texts = fc.record({ description: said, expression: said });
const optional = { requiredKeys: [] };
const places = fc.record({ case: said, analyst: said }, optional);
const flag = fc.boolean();
const seconds = fc.integer({ min: 1, max: 9_999_999 }).map((count) => count * 1_000);
const switches = { keep: fc.constant(true), exact: fc.constant(true) };

const command: fc.Arbitrary<Command> = fc.oneof(
  fc
    .tuple(
      texts,
      places,
      fc.record(
        { interface: said, snaplen: count, duration: seconds, maxBytes: count, packets: count, ...switches },
        optional,
      ),
    )
    .map(([text, place, more]): Command => ({ verb: 'start', order: { ...text, ...place, ...more } })),
  fc
    .tuple(
      texts,
      window,
      places,
      fc.record(
        {
          rings: fc.array(ringName, { minLength: 1, maxLength: 3 }),
          exact: fc.constant(true),
          join: fc.constant(true),
          confirmed: fc.constant(true),
        },
        optional,
      ),
      fc.record({ hosts: said }, optional),
    )
    .map(
      ([text, between, place, more, list]): Command => ({
        verb: 'search',
        order: { ...text, window: { ...between }, ...place, ...more },
        ...list,
      }),
    ),
  fc
    .tuple(
      texts,
      fc.option(past),
      places,
      fc.record(
        {
          ...{ interface: said, ring: ringName, duration: seconds, maxBytes: count, packets: count, ...switches },
          ...{ join: fc.constant(true), confirmed: fc.constant(true) },
        },
        optional,
      ),
    )
    .map(([text, since, place, more]): Command => ({ verb: 'both', order: { ...text, since, ...place, ...more } })),
  fc.tuple(selector, seconds).map(([one, by]): Command => ({ verb: 'extend', selector: one, by })),
  selector.map((one): Command => ({ verb: 'keep', selector: one })),
  fc
    .tuple(flag, flag, fc.record({ selector }, optional))
    .map(([all, details, more]): Command => ({ verb: 'list', selection: { all, ...more }, details })),
  selector.map((one): Command => ({ verb: 'show', selector: one })),
  fc.tuple(fc.option(selector), flag).map(([which, details]): Command => ({ verb: 'stop', selector: which, details })),
  fc
    .record({ analyst: said, since: fc.integer({ min: 1, max: now }), last: count }, optional)
    .map((query): Command => ({ verb: 'audit', query: { ...query } })),
  fc
    .option(fc.tuple(count, fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 })))
    .map((head): Command => ({ verb: 'audit', witnessed: head && { seq: head[0], hash: head[1] } })),
  selector.map((one): Command => ({ verb: 'get', selector: one })),
  fc
    .tuple(fc.option(selector), flag)
    .map(([which, hash]): Command => ({ verb: 'verify', order: { selector: which, hash } })),
  fc
    .option(
      fc.tuple(
        said,
        window.filter(({ since }) => since !== null),
        fc.record({ ring: ringName, case: said, duration: seconds }, optional),
      ),
    )
    .map(
      (pinned): Command => ({
        verb: 'pin',
        order: pinned && {
          description: pinned[0],
          window: { since: pinned[1].since ?? 0, until: pinned[1].until },
          ...pinned[2],
        },
      }),
    ),
  count.map((number): Command => ({ verb: 'unpin', id: `p${number}` })),
  fc.constant<Command>({ verb: 'deny', id: null, reason: null }),
  fc
    .tuple(count, fc.option(said.map((words) => words.trim() || 'no')))
    .map(([number, reason]): Command => ({ verb: 'deny', id: `a${number}`, reason })),
  fc.option(count).map((number): Command => ({ verb: 'approve', id: number === null ? null : `a${number}` })),
  fc.constantFrom('2026-11-23', '2024-02-29', 'yesterday', null).map((date): Command => ({ verb: 'digest', date })),
  fc.constant<Command>({ verb: 'whoami' }),
  fc.constantFrom(undefined, 'dmz').map((ring): Command => ({ verb: 'index', order: { ring } })),
  flag.map((rebuild): Command => ({ verb: 'doctor', rebuild })),
  fc.constantFrom('start', 'digest', null).map((topic): Command => ({ verb: 'help', topic })),
);

describe('the grammar holds for any words', () => {
  test('a command printed is understood as the same command, at both doors', () => {
    fc.assert(
      fc.property(command, fc.constantFrom(...doors), (meant, door) => {
        fc.pre(grammar[meant.verb].doors.includes(door) && (door === 'shell' || !isForTheShell(meant)));
        const words = splitWords(printCommand(meant));
        assert.deepEqual(parseCommand(words, { door, now, timezone: 'Europe/Berlin' }), meant);
        assert.deepEqual(doorOptions(words).words, words);
      }),
      { numRuns: 1_000 },
    );
  });

  test('words are either understood or refused with a sentence', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), fc.constantFrom(...doors), (words, door) => {
        onlyRefuses(() => parseCommand(doorOptions(words).words, { door, now, timezone: 'Europe/Berlin' }));
      }),
      { numRuns: 1_000 },
    );
  });

  test('what is understood can be printed', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(grammar)), fc.array(word, { maxLength: 6 }), (verb, words) => {
        const setting = { door: 'shell', now, timezone: 'Europe/Berlin' } as const;
        onlyRefuses(() => {
          const understood = parseCommand([verb, ...words], setting);
          assert.deepEqual(parseCommand(splitWords(printCommand(understood)), setting), understood);
        });
      }),
      { numRuns: 1_000 },
    );
  });

  test('any Slack text is split or refused, never worse', () => {
    fc.assert(
      fc.property(fc.array(word), (words) => {
        onlyRefuses(() => splitWords(forgivePhone(words.join(' '))));
      }),
      { numRuns: 1_000 },
    );
  });

  test('a quoted word is one word again', () => {
    fc.assert(
      fc.property(word, (one) => assert.deepEqual(splitWords(quoteWord(one)), [one])),
      { numRuns: 1_000 },
    );
  });
});

/** Options that the shell alone takes. */
function isForTheShell(meant: Command): boolean {
  return 'hosts' in meant || (meant.verb === 'doctor' && meant.rebuild);
}

function onlyRefuses(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof CaptureError) || error.code !== 'bad_request') throw error;
  }
}
