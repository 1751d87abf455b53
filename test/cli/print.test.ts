import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Capture } from '../../src/capture/capture.ts';
import type { AuditEntry } from '../../src/capture/orders.ts';
import { clockTime, usableZone, zonedTime } from '../../src/cli/clock.ts';
import { listLines } from '../../src/cli/list.ts';
import { listedLines } from '../../src/cli/listed.ts';
import { auditLine, blockLines, whoamiLines } from '../../src/cli/print.ts';
import { stoppedLines, wholeLines } from '../../src/cli/whole.ts';
import { runningCapture } from '../running-capture.ts';
import { coverage, searchUnderWay, stoppedCapture } from './example.ts';

const piped = { timezone: 'UTC', terminal: false };
const terminal = { timezone: 'Europe/Berlin', terminal: true };
const sheet = { timezone: 'Europe/Berlin', columns: 80, all: false, deleted: new Set<string>() };
const status = {
  bytes: 1_164,
  modifiedAt: 1_795_486_210_000,
  accessedAt: 1_795_486_205_000,
  changedAt: 1_795_486_211_000,
};
const lines = (text: string) => text.replace(/^\n/, '').trimEnd().split('\n');

describe('a list', () => {
  test('piped is lines alone, as the original printed them', () => {
    assert.deepEqual(listLines([runningCapture(), searchUnderWay()], 'UTC'), [
      'grant Tue Nov 24 02:10:05 2026 traffic to shop',
      'will Tue Nov 24 02:10:05 2026 beacon',
    ]);
  });

  test('on a terminal names the zone that its times are in, and the id that the other verbs take', () => {
    assert.deepEqual(listedLines([runningCapture()], sheet), [
      'Times are in Europe/Berlin.',
      'grant Tue Nov 24 03:10:05 2026 traffic to shop [c12]',
    ]);
  });

  test('of what was says on a terminal how each ended', () => {
    const states = ['stopped', 'finished', 'cancelled', 'died', 'failed'] as const;
    const captures = [runningCapture(), ...states.map((state) => stoppedCapture({ state }))];
    assert.deepEqual(
      listedLines(captures, { ...sheet, all: true }).map((line) => /\[c12 (\w+)[\],]/.exec(line)?.[1]),
      [undefined, 'running', ...states],
    );
  });

  test('on a terminal cuts a long description to the width, in columns and between signs; piped it is whole', () => {
    const columnsOf = (line: string) => line.replaceAll('\u0301', '').replaceAll(/[抓🐙]/gu, '..').length;
    for (const description of ['beacon '.repeat(60), '抓'.repeat(300), '🐙'.repeat(300), 'e\u0301'.repeat(300)]) {
      for (const columns of [60, 80, 81, 132]) {
        const [, line = ''] = listedLines([runningCapture({ description })], { ...sheet, columns });
        assert.match(line, /[^ ]… \[c12\]$/u);
        assert.ok(columnsOf(line) <= columns && columnsOf(line) >= columns - 2, `${columns}: ${line}`);
      }
      assert.ok(listLines([runningCapture({ description })], 'UTC')[0]?.endsWith(description.trim()));
    }
  });

  test('names on a terminal what is missing from the evidence, and in detail everywhere', () => {
    const holed = stoppedCapture({ counts: { captured: 15, receivedByFilter: 17, droppedByKernel: 2 } });
    const holes = ['2 dropped by kernel', '5 captured packets missing from the savefile'];
    assert.ok(listedLines([holed], sheet)[1]?.endsWith(`traffic to shop [${['c12', ...holes].join(', ')}]`));
    assert.ok(listLines([holed], 'UTC')[0]?.endsWith(' traffic to shop'));
    assert.deepEqual(
      blockLines([{ capture: holed, status: null }], piped).filter((line) => line.startsWith('Hole')),
      holes.map((hole) => `Hole:           ${hole}`),
    );
  });

  test('says whose savefile was deleted since', () => {
    const captures = [stoppedCapture(), runningCapture({ id: 'c13' })];
    const [, first, second] = listedLines(captures, { ...sheet, all: true, deleted: new Set(['c12']) });
    assert.match(first ?? '', /\[c12 stopped, savefile deleted(?:, .*)?\]$/);
    assert.match(second ?? '', /\[c13 running\]$/);
    const deletion = { at: 1_795_493_405_000, why: 'older than 30d' };
    assert.equal(
      blockLines([{ capture: stoppedCapture(), status: null, deletion }], piped).at(-1),
      'Deleted:        Tue Nov 24 04:10:05 2026 UTC: older than 30d',
    );
  });

  test('of nothing is nothing', () => assert.deepEqual([...listedLines([], sheet), ...listLines([], 'UTC')], []));

  test('cannot be made to drive the terminal by a description', () => {
    const description = 'a\nb\u001b]0;owned\u0007\u202e\u009b31m';
    assert.deepEqual(listLines([runningCapture({ description })], 'UTC'), [
      'grant Tue Nov 24 02:10:05 2026 a b‹U+001B›]0;owned‹U+0007›‹U+202E›‹U+009B›31m',
    ]);
  });
});

describe('list -v', () => {
  test("prints a block a capture: the original's rows, then the id and the state", () => {
    assert.deepEqual(
      blockLines(
        [
          { capture: runningCapture(), status },
          { capture: searchUnderWay(), status },
        ],
        piped,
      ),
      lines(`
Analyst:        grant
Size (bytes):   1164
Started:        Tue Nov 24 02:10:05 2026 UTC
Last Modified:  Tue Nov 24 02:10:10 2026 UTC
Last Accessed:  Tue Nov 24 02:10:05 2026 UTC
Last Changed:   Tue Nov 24 02:10:11 2026 UTC
Description:    traffic to shop
Expression:     host 192.0.2.7
Capture File:   /var/lib/capture/captures/grant_traffic.to.shop_Tue.Nov24.2026-02.10.05.UTC_1795486205_.pcap
Id:             c12
State:          running

Analyst:        will
Size (bytes):   1164
Progress:       Mon Nov 23 13:20:00 2026 UTC
Description:    beacon
Expression:     port 4444
Capture File:   /var/lib/capture/captures/will.processing.4711.1795440000_beacon_Tue.Nov24.2026-02.10.05.UTC_1795486205_.past.pcap
Ring:           dmz
Id:             c13
State:          running
`),
    );
  });

  test('on a terminal shows the id that show and stop take', () => {
    const [zone, id] = blockLines([{ capture: runningCapture(), status }], terminal);
    assert.deepEqual([zone, id], ['Times are in Europe/Berlin.', 'Id:             c12']);
  });

  test('says so when the file is gone', () => {
    const block = blockLines([{ capture: stoppedCapture(), status: null }], piped);
    assert.ok(block.includes('Size (bytes):   1164'));
    assert.ok(block.includes('Last Modified:  the file is gone'));
  });

  test('says when and why a capture ended', () => {
    assert.deepEqual(blockLines([{ capture: stoppedCapture(), status }], piped).slice(-4), [
      'Id:             c12',
      'State:          stopped',
      'Ended:          Tue Nov 24 02:11:05 2026 UTC',
      'Why:            stopped by grant',
    ]);
  });
});

describe('stop', () => {
  test('prints the savefile and its counts, with the kernel drops', () => {
    assert.deepEqual(stoppedLines(stoppedCapture(), { status, details: false }, piped), [
      'Stopped: grant_traffic.to.shop_Tue.Nov24.2026-02.10.05.UTC_1795486205_.pcap',
      '10 packets, 10 captured, 12 received by filter, 2 dropped by kernel; 1164 bytes',
    ]);
  });

  test('says why a capture ended in another way, and that its drops are unknown', () => {
    const died = stoppedCapture({ state: 'died', why: 'tcpdump was killed', counts: null });
    assert.deepEqual(stoppedLines(died, { status, details: false }, piped).slice(1), [
      'Why: tcpdump was killed',
      '10 packets, kernel drops unknown: tcpdump did not say; 1164 bytes',
    ]);
  });

  test("-v adds the capture file's info in capinfos' words", () => {
    const printed = stoppedLines(stoppedCapture(), { status, details: true }, piped);
    assert.deepEqual(
      printed.slice(printed.indexOf('Capture file info:')),
      lines(`
Capture file info:
File name:           /var/lib/capture/captures/grant_traffic.to.shop_Tue.Nov24.2026-02.10.05.UTC_1795486205_.pcap
File type:           Wireshark/tcpdump/... - pcap
File encapsulation:  Ethernet
Number of packets:   10
File size:           1164 bytes
Data size:           980 bytes
Capture duration:    4.500000 seconds
Start time:          2026-11-24 02:10:06.000000 UTC
End time:            2026-11-24 02:10:10.500000 UTC
Data byte rate:      217.78 bytes/s
Data bit rate:       1742.22 bits/s
Average packet size: 98.00 bytes
`),
    );
  });

  test('-v of an empty savefile has no rates to tell', () => {
    const empty = stoppedCapture({
      facts: {
        ...{ packets: 0, fileBytes: 24, dataBytes: 0, firstAt: null, lastAt: null, linktype: 9_999 },
        ...{ snaplen: 96, precision: 'nanoseconds', cutAt: null },
      },
    });
    const printed = stoppedLines(empty, { status, details: true }, piped);
    for (const line of [
      'File type:           Wireshark/tcpdump/... - nanosecond pcap',
      'File encapsulation:  linktype 9999',
      'Capture duration:    n/a',
      'Start time:          n/a',
      'Data byte rate:      n/a',
      'Average packet size: n/a',
    ]) {
      assert.ok(printed.includes(line), line);
    }
  });
});

describe('show', () => {
  test('prints a stopped capture in full', () => {
    assert.deepEqual(
      wholeLines(stoppedCapture(), { reports: [], status }, piped).slice(0, 18),
      lines(`
Id:            c12
Kind:          live capture
State:         stopped
Analyst:       grant
Size (bytes):  1164
Started:       Tue Nov 24 02:10:05 2026 UTC
Last Modified: Tue Nov 24 02:10:10 2026 UTC
Last Accessed: Tue Nov 24 02:10:05 2026 UTC
Last Changed:  Tue Nov 24 02:10:11 2026 UTC
Description:   traffic to shop
Expression:    host 192.0.2.7
Capture File:  /var/lib/capture/captures/grant_traffic.to.shop_Tue.Nov24.2026-02.10.05.UTC_1795486205_.pcap
Interface:     eth1
Snaplen:       262144 bytes
Ended:         Tue Nov 24 02:11:05 2026 UTC
Why:           stopped by grant
Packets:       10 packets, 10 captured, 12 received by filter, 2 dropped by kernel
SHA-256:       abababababababababababababababababababababababababababababababab
`),
    );
  });

  test('says of what has ended when it was to end, not when it ends', () => {
    const limits = { deadline: 1_795_493_405_000, bytes: null, packets: 1_000, near: false };
    const limitsOf = (capture: Capture) =>
      wholeLines(capture, { reports: [], status }, piped).find((line) => line.startsWith('Limits'));
    assert.equal(
      limitsOf(runningCapture({ limits, keep: true })),
      'Limits:        ends Tue Nov 24 04:10:05 2026 UTC, at 1000 packets, started again after a reboot',
    );
    assert.equal(
      limitsOf({ ...stoppedCapture(), limits, keep: true }),
      'Limits:        was to end Tue Nov 24 04:10:05 2026 UTC, at 1000 packets, was to be started again after a reboot',
    );
  });

  test('prints what a search looked through, and each ring file that an analyst must know of', () => {
    const search = searchUnderWay({ orderedBy: 'grant', coverage: { searched: 1, damaged: 1, pruned: 1 } });
    const printed = wholeLines(search, { reports: coverage, status }, piped);
    assert.ok(printed.includes('Ordered by:   grant'));
    assert.ok(printed.includes('Window:       since 2026-11-23 02:10:05 UTC'));
    assert.deepEqual(
      printed.slice(-3),
      lines(`
Ring files: 1 searched; 1 damaged, read as far as possible; 1 pruned by the logger before it was read
  daemonlogger.pcap.1795403400 damaged, read as far as possible: damaged at offset 4711 (2026-11-23 03:10:00 UTC to 2026-11-23 03:20:00 UTC)
  daemonlogger.pcap.1795407000 pruned by the logger before it was read (time unknown)
`),
    );
  });
});

test('an audit entry is one line: who, from where, what, and what came of it', () => {
  const entry: AuditEntry = {
    ...{ seq: 7, at: 1_795_486_205_000, outcome: 'refused', settles: 6 },
    ...{ verb: 'stop', analyst: null, actingFor: null },
    origin: { door: 'shell', login: 'mallory', tty: 'pts/3', remoteHost: null },
    ...{ words: "stop 'c1\n2'", capture: null, detail: 'not an analyst here', hash: 'ab' },
  };
  assert.equal(
    auditLine(entry),
    "7 2026-11-24 02:10:05 UTC stranger shell:mallory@pts/3 stop refused: stop 'c1 2' (not an analyst here)",
  );
});

test('whoami names analyst, role, identity and sensor', () => {
  const origin = { door: 'shell', login: 'grant', tty: null, remoteHost: '198.51.100.7' } as const;
  assert.deepEqual(whoamiLines({ name: 'grant', role: 'lead' }, origin, 'dmz-1'), [
    'Analyst:  grant',
    'Role:     lead',
    'Known by: shell:grant@no tty from 198.51.100.7',
    'Sensor:   dmz-1',
  ]);
});

test('times are written as the original wrote them, in the zone, through the change of the clocks', () => {
  const change = Date.parse('2026-10-25T00:59:59Z');
  assert.equal(clockTime(change, 'Europe/Berlin'), 'Sun Oct 25 02:59:59 2026');
  assert.equal(zonedTime(change, 'Europe/Berlin'), 'Sun Oct 25 02:59:59 2026 +02:00');
  assert.equal(zonedTime(change + 1_000, 'Europe/Berlin'), 'Sun Oct 25 02:00:00 2026 +01:00');
  assert.equal(zonedTime(Date.parse('2026-11-04T00:00:00Z'), 'UTC'), 'Wed Nov 04 00:00:00 2026 UTC');
});

test("this process's own zone needs no name: the same times come out", (t) => {
  const given = process.env.TZ;
  t.after(() => {
    if (given === undefined) delete process.env.TZ;
    else process.env.TZ = given;
  });
  for (const zone of ['Europe/Berlin', 'America/St_Johns', 'Asia/Kolkata', 'UTC', 'Pacific/Auckland']) {
    process.env.TZ = zone;
    for (const at of [
      0,
      Date.parse('2026-10-25T00:59:59Z'),
      Date.parse('2026-10-25T01:00:00Z'),
      Date.parse('2031-02-28T23:59:59Z'),
    ]) {
      assert.equal(clockTime(at, null), clockTime(at, zone));
      assert.equal(zonedTime(at, null), zonedTime(at, zone));
    }
  }
});

test('a TZ that names no zone means UTC', () => {
  assert.deepEqual(['Europe/Berlin', 'Etc/Unknown', undefined].map(usableZone), ['Europe/Berlin', 'UTC', 'UTC']);
});
