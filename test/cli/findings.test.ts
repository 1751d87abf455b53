import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findingLines, summaryLine } from '../../src/cli/findings.ts';
import { broken, ok, skipped, warning } from '../../src/doctor/finding.ts';

const say =
  'Give tcpdump the capability; every user who may run it may then capture: chgrp and chmod o-x keep it to a group.';

describe('a finding at the shell', () => {
  test('that is fine is one line', () => {
    assert.deepEqual(findingLines(ok('tcpdump', '4.99.3 at /usr/bin/tcpdump'), 80), [
      'ok       tcpdump           4.99.3 at /usr/bin/tcpdump',
    ]);
  });

  test('that is not says what to do below it, wrapped, with a command that is not', () => {
    const command = `setcap cap_net_raw+ep /a/path/${'that/is/longer/'.repeat(5)}tcpdump`;
    assert.deepEqual(
      findingLines(broken('capturing eth1', 'tcpdump may not open it for this user', say, command), 80),
      [
        'BROKEN   capturing eth1    tcpdump may not open it for this user',
        '           Give tcpdump the capability; every user who may run it may then',
        '           capture: chgrp and chmod o-x keep it to a group.',
        `             ${command}`,
      ],
    );
  });

  test('keeps every mistake of a configuration on a line of its own', () => {
    const lines = findingLines(
      broken('configuration', 'it is none:\n  foo: no such key\n  state: expected string', 'Correct it.'),
      80,
    );
    assert.deepEqual(lines, [
      'BROKEN   configuration     it is none:',
      '                           foo: no such key',
      '                           state: expected string',
      '           Correct it.',
    ]);
  });

  test('with a long name has it on a line of its own', () => {
    assert.deepEqual(findingLines(ok('ring a-very-long-name-of-a-ring', 'fine'), 80), [
      'ok       ring a-very-long-name-of-a-ring',
      '                           fine',
    ]);
  });

  test('fits a narrow terminal, and is no wider than a person reads', () => {
    const finding = warning('free space', 'word '.repeat(60), 'word '.repeat(60));
    for (const [columns, most] of [
      [60, 59],
      [80, 79],
      [500, 110],
      [0, 50],
    ] as const) {
      for (const line of findingLines(finding, columns)) assert.ok(line.length <= most, `${columns}: ${line}`);
    }
  });

  test('lets nothing that it quotes steer the terminal', () => {
    const hostile = '\u001b]0;owned\u0007';
    const lines = findingLines(broken('ring', hostile, hostile, hostile), 80).join('\n');
    assert.doesNotMatch(lines, /[\u001b\u0007]/);
  });
});

test('the last line counts, and says what to do first', () => {
  const all = [ok('a', ''), ok('b', ''), skipped('c', ''), warning('d', '', ''), broken('e', '', '')];
  assert.equal(summaryLine(all), '2 ok, 1 warning, 1 broken, 1 skipped: mend what is BROKEN first.');
  assert.equal(summaryLine(all.slice(0, 4)), '2 ok, 1 warning, 0 broken, 1 skipped: nothing is broken.');
  assert.equal(summaryLine(all.slice(0, 2)), '2 ok, 0 warnings, 0 broken, 0 skipped: nothing is wrong.');
});
