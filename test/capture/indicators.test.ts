import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressTables, readIndicators } from '../../src/capture/indicators.ts';

test('a list of hosts is read as it is meant', () => {
  const text =
    '# from the alert\n192.0.2.7\r\n  198.51.100[.]9 # defanged\n\n10.1.2.3/8\n2001:DB8::/32\n2001[:]db8::1\n192.0.2.7/32\n';
  assert.deepEqual(readIndicators(text), [
    '10.0.0.0/8',
    '192.0.2.7/32',
    '198.51.100.9/32',
    '2001:db8::/32',
    '2001:db8::1/128',
  ]);
});

for (const line of [
  '10',
  '010.1.1.1',
  '1.2.3',
  '1.2.3.4/33',
  '1.2.3.4/',
  'fe80::1%eth0',
  'evil.example',
  '::/129',
  '1.2.3.4/8/8',
]) {
  test(`${line} is neither an address nor a net`, () => {
    assert.throws(
      () => readIndicators(`192.0.2.1\n${line}\n`),
      /in the list of hosts, line 2: expected an address or a net/,
    );
  });
}

test('wrong lines are counted, and what stands in them is not repeated', () => {
  const text = ['root:secret:1', 'b', 'c', 'd', 'e', 'f', 'g'].join('\n');
  assert.throws(() => readIndicators(text), {
    code: 'bad_request',
    message: /lines 1, 2, 3, 4, 5 and 2 more: expected/,
  });
  assert.throws(
    () => readIndicators(text),
    ({ message }: Error) => !message.includes('secret'),
  );
});

test('a list without an entry is refused', () => {
  assert.throws(() => readIndicators('# nothing\n'), /has no address and no net/);
});

test('nets that overlap or touch are one range', () => {
  assert.deepEqual(addressTables(['10.0.0.0/8', '10.1.0.0/16', '11.0.0.0/8', '192.0.2.7/32']), [
    { family: 4, words: 1, ranges: Uint32Array.of(0x0a000000, 0x0bffffff, 0xc0000207, 0xc0000207) },
  ]);
});

test('an IPv6 net needs the words that its prefix covers', () => {
  const tables = addressTables(['2001:db8::/32', '2001:db8:1::/48', '2001:db8::1/128', '::/0']);
  assert.deepEqual(
    tables.map(({ family, words, ranges }) => [family, words, [...ranges]]),
    [
      [6, 1, [0, 0xffffffff]],
      [6, 2, [0x20010db8, 0x00010000, 0x20010db8, 0x0001ffff]],
      [6, 4, [0x20010db8, 0, 0, 1, 0x20010db8, 0, 0, 1]],
    ],
  );
});
