import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { expressionFor, expressionOf, likely } from '../../../src/command/alert/expression.ts';
import { indicatorsIn, primitive } from '../../../src/command/alert/indicators.ts';

/** Whether libpcap compiles it for Ethernet. */
function compiles(expression: string): void {
  execFileSync('tcpdump', ['-nn', '-y', 'EN10MB', '-d', '--', expression], { stdio: ['ignore', 'ignore', 'pipe'] });
}

for (const [text, all, best] of [
  ['203.0.113.9', 'host 203.0.113.9', 'host 203.0.113.9'],
  [
    '10.0.0.5 to 203.0.113.9:4444 and 8.8.8.8',
    '(host 10.0.0.5 or host 203.0.113.9 or host 8.8.8.8) and port 4444',
    'host 203.0.113.9 or host 8.8.8.8',
  ],
  [
    '10.0.0.0/8 and fd00::1, ports 80, 443',
    '(net 10.0.0.0/8 or host fd00::1) and (port 80 or port 443)',
    'net 10.0.0.0/8 or host fd00::1',
  ],
  ['2001:db8::/32 port 53', 'net 2001:db8::/32 and port 53', 'net 2001:db8::/32'],
  ['scan of port 22 and port 23', 'port 22 or port 23', 'port 22 or port 23'],
] as const) {
  test(`the expression for ${JSON.stringify(text)} compiles, and the likely one, too`, () => {
    const indicators = indicatorsIn(text);
    assert.equal(expressionFor(indicators), all);
    assert.equal(expressionFor(likely(indicators)), best);
    compiles(all);
    compiles(best);
  });
}

test('a hundred hosts and their ports compile', () => {
  const hosts = Array.from({ length: 60 }, (_, at) => `198.51.100.${at}`).join(' ');
  const more = Array.from({ length: 20 }, (_, at) => `2001:db8::${at + 1} port ${1_000 + at}`).join(', ');
  const indicators = indicatorsIn(`${hosts} ${more}`);
  assert.equal(indicators.length, 100);
  compiles(expressionFor(indicators));
});

test('nothing chosen is no expression', () => assert.equal(expressionOf([]), ''));

test('what is chosen keeps its order', () => {
  assert.equal(
    expressionOf(indicatorsIn('port 53 9.9.9.9 1.1.1.1').map(primitive)),
    '(host 9.9.9.9 or host 1.1.1.1) and port 53',
  );
});
