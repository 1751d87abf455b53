import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { notBegun, type RingSpan } from '../../src/capture/capture.ts';
import { progressLine } from '../../src/cli/progress.ts';
import { coverageLines, foundLines } from '../../src/cli/whole.ts';
import { ringsInWords, taggedInWords } from '../../src/reports/span.ts';
import { coverage, searchUnderWay, span } from './example.ts';

describe('search', () => {
  test('that was cancelled says that what was merged is kept', () => {
    const cancelled = searchUnderWay({ state: 'cancelled', packets: 42, bytes: 5_000, why: 'cancelled by grant' });
    assert.deepEqual(foundLines(cancelled, []), [
      'Cancelled: will_beacon_Tue.Nov24.2026-02.10.05.UTC_1795486205_.past.pcap',
      'Why: cancelled by grant',
      '42 packets; 5000 bytes',
      'What was merged until then is kept.',
      'Ring files: none was looked at',
    ]);
  });

  test('that was cancelled tells on one line what it did not come to; show names each', () => {
    const before = { outcome: 'not searched', detail: notBegun.cancelled, to: null, packets: 0 } as const;
    const [whole] = coverage;
    assert.ok(whole);
    const reports = [
      whole,
      { ...whole, file: 'in.the.middle', outcome: 'not searched' as const, detail: 'cancelled in the middle of it' },
      { ...whole, file: 'a.link', outcome: 'not searched' as const, detail: 'a symbolic link: not followed' },
      ...Array.from({ length: 300 }, (_, at) => ({ ...before, file: `f${at}`, from: (1_795_403_400 + at) * 1e6 })),
    ];
    const ringSpans = [{ ...span, to: null }];
    const cancelled = searchUnderWay({ state: 'cancelled', coverage: { searched: 1, 'not searched': 302 }, ringSpans });
    const printed = foundLines(cancelled, reports);
    assert.deepEqual(printed.slice(-3), [
      '  in.the.middle not searched: cancelled in the middle of it (2026-11-23 02:10:00 UTC to 2026-11-23 03:10:00 UTC)',
      '  a.link not searched: a symbolic link: not followed (2026-11-23 02:10:00 UTC to 2026-11-23 03:10:00 UTC)',
      '  300 ring files not searched, the search ended before them: 2026-11-23 03:10:00 UTC to 2026-11-24 02:10:04 UTC: capture show c13 names each',
    ]);
    assert.equal(coverageLines(cancelled, reports).filter((line) => /^ {2}f\d+ not searched/.test(line)).length, 300);
  });

  test('of several rings tells each by its name', () => {
    const lan = { ...span, ring: 'lan', from: (span.from ?? 0) + 3_600_000_000, behindTags: true };
    const holed = { ...lan, holes: [{ from: 1_795_450_000_000_000, to: 1_795_453_600_000_000 }] };
    const [whole] = coverage;
    assert.ok(whole);
    const capture = searchUnderWay({
      state: 'finished',
      ring: 'dmz,lan',
      coverage: { searched: 3, pruned: 1 },
      coverageByRing: { dmz: { searched: 3 }, lan: { pruned: 1 } },
      ringSpans: [span, holed],
      window: { since: span.from, until: null },
    });
    const lines = foundLines(capture, [{ ring: 'lan', ...whole, outcome: 'pruned', detail: null }]);
    assert.deepEqual(lines.slice(-7), [
      'Ring files of dmz: 3 searched',
      'Ring files of lan: 1 pruned by the logger before it was read',
      'Ring dmz held: 2026-11-23 00:00:00 UTC to 2026-11-24 02:10:04 UTC',
      'Ring lan held: 2026-11-23 01:00:00 UTC to 2026-11-24 02:10:04 UTC',
      'Not held: the ring lan begins at 2026-11-23 01:00:00 UTC: nothing from 2026-11-23 00:00:00 UTC to 2026-11-23 01:00:00 UTC is there any more',
      'Not held: in the ring lan, nothing from 2026-11-23 16:06:40 UTC to 2026-11-23 17:06:40 UTC, 1 h: a hole between two files (not told are gaps up to 1 min)',
      '  lan/daemonlogger.pcap.1795399800 pruned by the logger before it was read (2026-11-23 02:10:00 UTC to 2026-11-23 03:10:00 UTC)',
    ]);
    assert.equal(taggedInWords(capture), ' in lan');
    assert.deepEqual(
      [ringsInWords(capture), ringsInWords({ ring: 'dmz' }), ringsInWords({ ring: null })],
      ['rings dmz and lan', 'ring dmz', 'ring unknown'],
    );
  });

  test('tells what the ring held, and what of the window it did not', () => {
    const lines = (ringSpan: RingSpan, window = { since: span.from, until: null as number | null }) =>
      foundLines(
        searchUnderWay({ state: 'finished', coverage: { searched: 3 }, ringSpans: [ringSpan], window }),
        [],
      ).slice(3);
    assert.deepEqual(lines(span), ['Ring held: 2026-11-23 00:00:00 UTC to 2026-11-24 02:10:04 UTC']);
    const late = { since: (span.from ?? 0) - 3_600_000_000, until: null };
    assert.deepEqual(lines(span, late).slice(1), [
      'Not held: the ring begins at 2026-11-23 00:00:00 UTC: nothing from 2026-11-22 23:00:00 UTC to 2026-11-23 00:00:00 UTC is there any more',
    ]);
    const dead = { ...span, to: 1_795_450_000_000_000, writtenAt: 1_795_450_000_500 };
    assert.deepEqual(lines(dead).slice(1), [
      'Not held: the ring ends at 2026-11-23 16:06:40 UTC: nothing from 2026-11-23 16:06:40 UTC to 2026-11-24 02:10:05 UTC is in it; its logger has written nothing for 10 h 3 min',
    ]);
    assert.deepEqual(lines(dead, { since: span.from, until: 1_795_450_030_000_000 }).slice(1), []);
    const holed = { ...span, holes: [{ from: 1_795_450_000_000_000, to: 1_795_453_600_000_000 }] };
    assert.deepEqual(lines(holed).slice(1), [
      'Not held: nothing from 2026-11-23 16:06:40 UTC to 2026-11-23 17:06:40 UTC, 1 h: a hole between two files (not told are gaps up to 1 min)',
    ]);
    const empty = { ...span, from: null, to: null, writtenAt: null };
    assert.deepEqual(lines(empty), ['Ring held: no packets', 'Not held: the ring holds no packets']);
  });

  test('shows the time reached, with bar, rate and estimate as far as the terminal is wide', () => {
    const { progress } = searchUnderWay();
    assert.ok(progress);
    const drawn = (columns: number, elapsed: number) => progressLine({ progress, elapsed, columns, timezone: 'UTC' });
    assert.equal(
      drawn(120, 2_000),
      'Currently Processing: Mon Nov 23 13:20:00 2026 UTC [##########..........] 50% 2.0 s left 150.0 MiB/s 42 packets',
    );
    assert.equal(drawn(80, 2_000), 'Currently Processing: Mon Nov 23 13:20:00 2026 UTC [#####......] 50% 2.0 s left');
    assert.equal(drawn(120, 10).includes('/s'), false);
    assert.equal(drawn(30, 2_000), 'Currently Processing: Mon Nov');
    const unread = { ...progress, reached: null, bytesDone: 0 };
    assert.match(
      progressLine({ progress: unread, elapsed: 5_000, columns: 120, timezone: 'UTC' }),
      /^Currently Processing: before the first packet \[\.{20}\] 0% 42 packets$/,
    );
  });
});
