import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Draft, draftLine, draftWords, unfinished } from '../../src/command/draft.ts';
import { parseCommand } from '../../src/command/parse.ts';
import { splitWords } from '../../src/command/words.ts';

const now = Date.UTC(2026, 10, 24, 2, 10, 5);
const setting = { door: 'slack', now, timezone: 'UTC' } as const;

for (const [line, verb, options] of [
  ['start', 'start', {}],
  ['SEARCH -d shop', 'search', { description: 'shop' }],
  ['start -e "port 53"', 'start', { expression: 'port 53' }],
  ['start host 192.0.2.7', 'start', { expression: 'host 192.0.2.7' }],
  ['both --keep --snaplen 96 -d x', 'both', { description: 'x', keep: '', snaplen: '96' }],
  ['search --since 2h port 53', 'search', { expression: 'port 53', since: '2026-11-24T00:10:05Z' }],
  ['-ra grant -d x', 'search', { description: 'x', analyst: 'grant' }],
] as const) {
  test(`${line} is an order that lacks something`, () =>
    assert.deepEqual(unfinished(splitWords(line), setting), { verb, options }));
}

for (const line of [
  '',
  'list',
  'start -d x -e "port 53"',
  'start -h',
  'strat',
  'start -d x -e "port 1" port 2',
  'stop',
]) {
  test(`${JSON.stringify(line)} is none that a form could complete`, () =>
    assert.equal(unfinished(splitWords(line), setting), null));
}

test('what cannot be read is said at once', () => {
  assert.throws(() => unfinished(['search', '--since', 'soon'], setting), /'soon' is not a time/);
  assert.throws(() => unfinished(['start', '--dration', '2h'], setting), /no option/);
});

const text = fc
  .string({ unit: 'binary', maxLength: 60 })
  .filter((words) => words.trim() !== '' && !words.includes('\0'));
const drafts: fc.Arbitrary<Draft> = fc.record({
  verb: fc.constantFrom('start' as const, 'search' as const, 'both' as const),
  options: fc.record(
    {
      description: text,
      expression: text,
      case: text,
      interface: text,
      // A comma is between two rings.
      ring: text.filter((name) => !name.includes(',')),
      for: fc.constantFrom('2h', '90s'),
      keep: fc.constant(''),
      since: fc.constant('2026-11-24T00:10:05Z'),
    },
    { requiredKeys: ['description', 'expression'] },
  ),
});

test('whatever is in a draft, its words and its line mean the same command', () => {
  fc.assert(
    fc.property(drafts, (draft) => {
      const command = parseCommand(draftWords(draft), setting);
      assert.deepEqual(parseCommand(splitWords(draftLine(draft)), setting), command);
      assert.ok('order' in command && command.order !== null && 'description' in command.order);
      assert.equal(command.order.description, draft.options.description);
    }),
  );
});
