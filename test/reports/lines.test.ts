import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestLines } from '../../src/reports/lines.ts';
import { busyDay, digest, disk, ended, entry, head, live, pinned } from '../bot/views/samples.ts';

test('the report for a terminal', () => {
  assert.deepEqual(digestLines(digest(busyDay())), [
    'dmz-1, 2026-11-23 (Europe/Berlin)',
    '2026-11-22 23:00:00 UTC to 2026-11-23 23:00:00 UTC',
    '',
    '2 captures started, 1 search, 3 ended, 2 refused',
    '3.6 MiB kept, 1 capture running',
    '',
    'Needs a look',
    '  c11 will died: tcpdump was killed by signal 9: dns of the print server',
    '  c10 grant 12 dropped by kernel: traffic to shop.example',
    '  c8 grant 2 ring files not or not wholly searched: shop, yesterday',
    '  2026-11-23 12:00:00 UTC grant: start -d y -e ip',
    '    failed: tcpdump could not open eth9',
    '',
    'Running at the end of the day',
    '  c9 will eth1 since 2026-11-19 07:30:00 UTC: beacon of INC-7',
    '',
    'By analyst',
    '  grant: 1 started, 1 searched, 2 ended, 2.4 MiB kept',
    '  will: 1 started, 1 ended, 1 running, 1 refused, 1.2 MiB kept',
    '',
    'Refused',
    '  2026-11-23 12:00:00 UTC stranger slack:T0STRANGE/U0STRANGER in C024BE91L: list',
    '    not an analyst of this sensor',
    '  2026-11-23 12:00:00 UTC will: [Stop] c12',
    '    c12 is grant’s: ask grant or a lead',
    '',
    'Disk',
    '  38.2 GiB free',
    '',
    'Pinned',
    '  1 pin, 7.4 GiB of 93.1 GiB; p3 ends within a day',
    '',
    'Audit log at entry 4821; for capture audit verify --head',
    '  4821:3b5d5c3712955042212316173ccf37be800a08d3f2b1c2d7b1f1f0a6a3a2b1c0',
  ]);
});

for (const words of ['x'.repeat(5000), '\u001b[2J\u0007\nAudit log at entry 9', '\u202Egnp', '😀'.repeat(900), '']) {
  test(`words such as ${JSON.stringify(words.slice(0, 24))} stay on their line, within 80 columns`, () => {
    const captures = [
      live({
        ...ended,
        description: words,
        why: words,
        state: 'died',
        startedAt: 0,
        endedAt: Date.UTC(2026, 10, 23, 12),
      }),
    ];
    const entries = [entry({ outcome: 'refused', analyst: words, words, detail: words })];
    const lines = digestLines(digest({ captures, entries, head, disk, pinned }));
    for (const line of lines) {
      assert.ok(line.length <= 80, line);
      assert.doesNotMatch(line, /[\p{Cc}\u202E]/u);
    }
    assert.equal(lines.filter((line) => line.startsWith('Audit log')).length, 1);
  });
}
