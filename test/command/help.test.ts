import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Door, Verb } from '../../src/command/command.ts';
import { commandName, formsAt, grammar } from '../../src/command/grammar.ts';
import { helpText } from '../../src/command/help.ts';
import { parseCommand } from '../../src/command/parse.ts';
import { splitWords } from '../../src/command/words.ts';

const doors: readonly Door[] = ['shell', 'slack'];

describe('help', () => {
  for (const door of doors) {
    const topics: (Verb | null)[] = [null, ...formsAt(door).map((form) => form.verb)];

    test(`fits one screen at the ${door} door`, () => {
      for (const topic of topics) {
        const lines = helpText(topic, door).split('\n');
        assert.ok(lines.length <= 24, `${topic}: ${lines.length} lines`);
        for (const line of lines) assert.ok(line.length <= 80, `${topic}: ${line}`);
      }
    });

    test(`shows only lines that the ${door} door understands`, () => {
      const setting = { door, now: Date.parse('2026-11-24T10:00:00Z'), timezone: 'UTC' };
      const name = `${commandName(door)} `;
      const copied = topics.flatMap((topic) => {
        const [, examples] = helpText(topic, door).split('To copy:\n');
        return examples?.split('\n\n')[0]?.trim().split('\n') ?? [];
      });
      assert.ok(copied.length > topics.length);
      for (const line of copied) {
        assert.ok(line.trim().startsWith(name), line);
        assert.doesNotThrow(() => parseCommand(splitWords(line.trim().slice(name.length)), setting), line);
      }
    });
  }

  test('names every verb and every option that the parser takes', () => {
    for (const form of Object.values(grammar)) {
      assert.match(helpText(null, 'shell'), new RegExp(`^  (?:also .*)?${form.verb}\\b`, 'm'));
      for (const option of form.options) assert.match(helpText(form.verb, 'shell'), new RegExp(`--${option.name}\\b`));
    }
  });

  test('shows in its first line what a verb needs, and in brackets what may be left out', () => {
    const ids = { ID: 'c1', PIN: 'p1', REQUEST: 'a1', SELECTOR: 'c1' };
    const values: Record<string, string> = { ...ids, TEXT: 'x', EXPRESSION: 'tcp', DURATION: '2h', TIME: '2h' };
    const accepts = (words: readonly string[]) => {
      try {
        parseCommand(words, { door: 'shell', now: Date.parse('2026-11-24T10:00:00Z'), timezone: 'UTC' });
        return true;
      } catch {
        return false;
      }
    };
    for (const { verb } of Object.values(grammar)) {
      const [usage = ''] = helpText(verb, 'shell').split('\n');
      for (const needed of usage
        .replace(`capture ${verb}`, '')
        .replaceAll(/\[\w+\]/g, '')
        .split('|')) {
        const parts = needed.match(/--?[a-z]+( [A-Z]+)?|[A-Z]+/g) ?? [];
        const words = parts.map((part) => part.split(' ').map((word) => values[word] ?? word));
        assert.ok(accepts([verb, ...words.flat()]), usage);
        for (const left of words) {
          assert.ok(!accepts([verb, ...words.filter((part) => part !== left).flat()]), `${usage}, without ${left}`);
        }
      }
    }
  });

  test('in Slack does not offer what only the shell has', () => {
    assert.doesNotMatch(helpText(null, 'slack'), /index/);
    assert.doesNotMatch(helpText('doctor', 'slack'), /rebuild/);
    assert.doesNotMatch(helpText('search', 'slack'), /--hosts/);
  });

  test('of approve and deny says who may, until when, and what a script sees; of every verb in a shell --json', () => {
    for (const verb of ['approve', 'deny'] as const) {
      assert.match(helpText(verb, 'shell'), /A lead may.*75.*expires \(approval\.for/s);
      assert.match(helpText(verb, 'slack'), /A lead may.*in the thread of a request.*expires/s);
    }
    for (const { verb } of formsAt('shell')) assert.match(helpText(verb, 'shell'), /--json/);
    for (const { verb } of formsAt('slack')) assert.doesNotMatch(helpText(verb, 'slack'), /--json/);
  });
});
