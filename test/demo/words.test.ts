import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Asked, completions, readLine } from '../../sandbox/demo/prompt/words.ts';

describe('a line at the prompt of the demo', () => {
  const lines: readonly [string, Asked][] = [
    [" /capture start -d 'a  b' udp ", { what: 'slash', line: "/capture start -d 'a  b' udp" }],
    ['@capture list', { what: 'mention', line: '@capture list', thread: undefined }],
    ['thread c1 @capture stop', { what: 'mention', line: '@capture stop', thread: 'c1' }],
    ["capture -a grant -d 'a  b'", { what: 'shell', words: ['-a', 'grant', '-d', 'a  b'] }],
    ['2', { what: 'press', named: '2' }],
    ['press Stop', { what: 'press', named: 'Stop' }],
    ['as guest', { what: 'as', name: 'guest' }],
    ['channel', { what: 'channel', name: undefined }],
    ['channel soc-digest', { what: 'channel', name: 'soc-digest' }],
    ['thread c1', { what: 'thread', id: 'c1' }],
    ['Quit', { what: 'quit' }],
    ['', { what: 'nothing' }],
  ];
  for (const [typed, asked] of lines) {
    test(`${JSON.stringify(typed)} asks for: ${asked.what}`, () => assert.deepEqual(readLine(typed), asked));
  }

  for (const typed of ['list', 'as bob', 'as', 'press', 'constructor']) {
    test(`${typed} is answered with what to type instead`, () => assert.equal(readLine(typed).what, 'unknown'));
  }

  test('Tab completes the verbs of both doors', () => {
    assert.deepEqual(completions('/capture se'), ['/capture search ']);
    assert.deepEqual(completions('capture au'), ['capture audit ']);
    assert.deepEqual(completions('/capture ind'), []);
  });
});
