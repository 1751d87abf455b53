import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { namesIn } from '../../../src/command/alert/names.ts';

for (const [text, ...expected] of [
  ['beacon to cdn.evil.example and C2.EVIL.EXAMPLE', 'cdn.evil.example', 'c2.evil.example'],
  ['hxxps://evil[.]example:8443/a/b.payload?next=other.example', 'evil.example', 'other.example'],
  [
    '<http://evil.example|evil.example> and <https://login.corp.example/x|a link>',
    'evil.example',
    'login.corp.example',
  ],
  ['http://me:secret@drop.example/run.sh', 'drop.example'],
  [
    'query for _dmarc.corp.example, xn--bcher-kva.example, bücher.example.',
    '_dmarc.corp.example',
    'xn--bcher-kva.example',
    'bücher.example',
  ],
  ['twice twice.example twice.example', 'twice.example'],
] as const) {
  test(`in ${JSON.stringify(text)} there are ${expected.join(', ')}`, () => assert.deepEqual(namesIn(text), expected));
}

for (const text of [
  '203.0.113.9 port 4444 version 1.2.3, nginx-1.2.3.rc1',
  'payload.exe in C:\\temp\\x.dat and /usr/lib/libfoo.conf.d',
  'mail from eve.mallory@corp.example',
  'it ended.Then it began, e.g. at once...',
  'a.-b.example -.example',
  '',
]) {
  test(`in ${JSON.stringify(text)} there is none`, () => assert.deepEqual(namesIn(text), []));
}

test('whatever an alert says, its names are read at once', () => {
  fc.assert(fc.property(fc.string({ maxLength: 2_000 }), (text) => namesIn(text).length <= 100));
  const began = Date.now();
  for (const piece of ['a', 'a.', 'a-', '://a@', '[.]', 'a.b@']) namesIn(piece.repeat(20_000));
  assert.ok(Date.now() - began < 2_000, `${Date.now() - began} ms`);
});
