import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { daysDue } from '../../src/reports/due.ts';

function due(now: string, lastPosted: string | null, at = '08:00', timezone = 'Europe/Berlin'): string[] {
  return daysDue({ lastPosted, now: Date.parse(now), at, timezone });
}

test('yesterday is due from the configured time on, not before', () => {
  assert.deepEqual(due('2026-11-24T06:59:59Z', '2026-11-22'), []);
  assert.deepEqual(due('2026-11-24T07:00:00Z', '2026-11-22'), ['2026-11-23']);
  assert.deepEqual(due('2026-11-24T22:00:00Z', '2026-11-22'), ['2026-11-23']);
});

test('a day that was posted is not due again', () => {
  assert.deepEqual(due('2026-11-24T07:00:00Z', '2026-11-23'), []);
  assert.deepEqual(due('2026-11-24T22:59:59Z', '2026-11-23'), []);
});

test('missed days are due oldest first, no more than a week of them', () => {
  assert.deepEqual(due('2026-11-24T07:00:00Z', '2026-11-20'), ['2026-11-21', '2026-11-22', '2026-11-23']);
  const month = due('2026-11-24T07:00:00Z', '2026-10-20');
  assert.equal(month.length, 7);
  assert.equal(month[0], '2026-11-17');
  assert.equal(month[6], '2026-11-23');
});

test('before the time of day the missed ones up to the day before yesterday are due', () => {
  assert.deepEqual(due('2026-11-24T05:00:00Z', '2026-11-20'), ['2026-11-21', '2026-11-22']);
});

test('an installation without a digest gets the newest one only', () => {
  assert.deepEqual(due('2026-11-24T07:00:00Z', null), ['2026-11-23']);
  assert.deepEqual(due('2026-11-24T05:00:00Z', null), ['2026-11-22']);
});

test('on the days of the clock change the wall clock of the zone counts', () => {
  assert.deepEqual(due('2026-03-29T05:59:59Z', '2026-03-27'), []);
  assert.deepEqual(due('2026-03-29T06:00:00Z', '2026-03-27'), ['2026-03-28']);
  assert.deepEqual(due('2026-10-25T06:59:59Z', '2026-10-23'), []);
  assert.deepEqual(due('2026-10-25T07:00:00Z', '2026-10-23'), ['2026-10-24']);
});

test('a time of day that clocks skip is due when they have skipped it, one shown twice at the first', () => {
  assert.deepEqual(due('2026-03-29T00:59:59Z', '2026-03-27', '02:30'), []);
  assert.deepEqual(due('2026-03-29T01:00:00Z', '2026-03-27', '02:30'), ['2026-03-28']);
  assert.deepEqual(due('2026-10-25T00:30:00Z', '2026-10-23', '02:30'), ['2026-10-24']);
  assert.deepEqual(due('2026-10-25T01:30:00Z', '2026-10-24', '02:30'), []);
});

test('a change of the zone sends no date twice', () => {
  assert.deepEqual(due('2026-11-24T07:00:00Z', '2026-11-23', '08:00', 'Pacific/Honolulu'), []);
  assert.deepEqual(due('2026-11-23T20:00:00Z', '2026-11-22', '08:00', 'Pacific/Kiritimati'), ['2026-11-23']);
});

test('a date that the zone skipped has no digest', () => {
  assert.deepEqual(due('2012-01-01T00:00:00Z', '2011-12-28', '08:00', 'Pacific/Apia'), ['2011-12-29', '2011-12-31']);
});

test('a record from the future, after a clock was wrong, makes nothing due', () => {
  assert.deepEqual(due('2026-11-24T07:00:00Z', '2031-01-01'), []);
});

test('a bot that looks every ten minutes sends each day once, whenever it sleeps', () => {
  const step = 600_000;
  fc.assert(
    fc.property(
      fc.constantFrom('Europe/Berlin', 'America/New_York', 'America/Santiago', 'Africa/Cairo'),
      fc.constantFrom('00:00', '00:30', '02:30', '08:00', '23:50'),
      fc.integer({ min: 0, max: 360 }),
      fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 20, maxLength: 60 }),
      (timezone, at, start, sleeps) => {
        const sent: string[] = [];
        let now = Date.UTC(2024, 0, 1) + start * 86_400_000;
        for (const sleep of sleeps) {
          for (const date of daysDue({ lastPosted: sent.at(-1) ?? null, now, at, timezone })) sent.push(date);
          now += sleep * step;
        }
        assert.deepEqual(sent, [...new Set(sent)].toSorted());
        // No sleep lasts a week, so no day may be missing.
        const [first, last] = [sent[0] ?? '', sent.at(-1) ?? ''];
        assert.equal(sent.length, (Date.parse(last) - Date.parse(first)) / 86_400_000 + 1);
      },
    ),
    { numRuns: 25 },
  );
});
