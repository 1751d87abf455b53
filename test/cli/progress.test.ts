import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { progressLine } from '../../src/cli/progress.ts';
import { foundLines } from '../../src/cli/whole.ts';
import { searchUnderWay } from './example.ts';

describe('search', () => {
  test('that was cancelled says that what was merged is kept', () => {
    const cancelled = searchUnderWay({ state: 'cancelled', packets: 42, bytes: 5_000, why: 'cancelled by grant' });
    assert.deepEqual(foundLines(cancelled, []), [
      'Cancelled: will_beacon_Tue.Nov24.2026-02.10.05.UTC_1795486205_.past.pcap',
      'Why: cancelled by grant',
      '42 packets; 5000 bytes',
      'What was merged until then is kept.',
      'Ring files: none in the window',
    ]);
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
