import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseDuration } from '../../src/capture/quantities.ts';
import { dayAt, isoTime, parseTime } from '../../src/command/time.ts';

const now = Date.parse('2026-11-24T10:00:00Z');
const berlin = (text: string) => isoTime(parseTime(text, now, 'Europe/Berlin'));

const times: readonly [title: string, text: string, utc: string][] = [
  ['a duration is so long ago', '2h', '2026-11-24T08:00:00Z'],
  ['ago may be said', '90s ago', '2026-11-24T09:58:30Z'],
  ['a day is 24 hours', '7d', '2026-11-17T10:00:00Z'],
  ['now', 'now', '2026-11-24T10:00:00Z'],
  ['yesterday is where it began', 'yesterday', '2026-11-22T23:00:00Z'],
  ['a clock time is of today', '09:30', '2026-11-24T08:30:00Z'],
  ['a clock time to come is of yesterday', '11:30', '2026-11-23T10:30:00Z'],
  ['a clock time may be in UTC', '02:10Z', '2026-11-24T02:10:00Z'],
  ['a day begins at its midnight', '2026-11-24', '2026-11-23T23:00:00Z'],
  ['a day and time are of the zone', '2026-11-24 02:10', '2026-11-24T01:10:00Z'],
  ['so with a T', '2026-11-24T02:10', '2026-11-24T01:10:00Z'],
  ['Z is UTC', '2026-11-24T02:10Z', '2026-11-24T02:10:00Z'],
  ['an offset is heeded', '2026-11-24T02:10:05+05:30', '2026-11-23T20:40:05Z'],
  ['microseconds are kept', '2026-11-24T02:10:05.000123Z', '2026-11-24T02:10:05.000123Z'],
  ['in summer the zone is two hours ahead', '2026-07-01 12:00', '2026-07-01T10:00:00Z'],
  ['a time that summer time skips is an hour later', '2026-03-29 02:30', '2026-03-29T01:30:00Z'],
  ['a time that comes twice is the first', '2026-10-25 02:30', '2026-10-25T00:30:00Z'],
];

describe('times as people write them', () => {
  for (const [title, text, utc] of times) test(title, () => assert.equal(berlin(text), utc));

  test('yesterday is a calendar day when the clocks change', () => {
    const monday = Date.parse('2026-10-26T00:30:00Z');
    assert.equal(isoTime(parseTime('yesterday', monday, 'Europe/Berlin')), '2026-10-24T22:00:00Z');
    assert.equal(isoTime(parseTime('12:00', monday, 'Europe/Berlin')), '2026-10-25T11:00:00Z');
    assert.equal(dayAt(monday - 7_200_000, 'Europe/Berlin'), '2026-10-25');
  });

  for (const text of ['', 'soon', '25:00', '2026-02-30', '2026-11-24T', '2026-11-24 2', '999999999d', '1969-12-31Z']) {
    test(`'${text}' is refused with what to write`, () => {
      assert.throws(() => berlin(text), {
        code: 'bad_request',
        message: /is not a time: write 2h ago, 09:30,.*Berlin/,
      });
    });
  }
});

test('durations are seconds, minutes, hours and days', () => {
  assert.deepEqual(['90s', '30m', '24h', '7d', '5', 'h', '1w'].map(parseDuration), [
    90_000,
    1_800_000,
    86_400_000,
    604_800_000,
    undefined,
    undefined,
    undefined,
  ]);
});
