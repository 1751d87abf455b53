import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CaptureError } from '../../src/capture/errors.ts';
import { dateIn, dateNamed, dayBounds, daysAfter, momentOf } from '../../src/reports/day.ts';

const hour = 3_600_000;

test('yesterday and today are days of the zone, whatever day it is elsewhere', () => {
  const lateInBerlin = Date.parse('2026-11-23T23:30:00Z');
  const named = (date: string | null, zone: string) => dateNamed(date, zone, lateInBerlin);
  assert.deepEqual([named(null, 'UTC'), named('yesterday', 'UTC')], ['2026-11-23', '2026-11-22']);
  assert.deepEqual([named(null, 'Europe/Berlin'), named('yesterday', 'Europe/Berlin')], ['2026-11-24', '2026-11-23']);
  assert.equal(named('2026-01-01', 'Europe/Berlin'), '2026-01-01');
});

/** Zone, date, hours, first instant: the odd days of the zones' own laws (tz database). */
const days: [string, string, number, string][] = [
  ['UTC', '2026-11-23', 24, '2026-11-23T00:00:00Z'],
  ['Europe/Berlin', '2026-11-23', 24, '2026-11-22T23:00:00Z'],
  ['Europe/Berlin', '2026-03-29', 23, '2026-03-28T23:00:00Z'],
  ['Europe/Berlin', '2026-10-25', 25, '2026-10-24T22:00:00Z'],
  ['America/New_York', '2026-03-08', 23, '2026-03-08T05:00:00Z'],
  ['America/New_York', '2026-11-01', 25, '2026-11-01T04:00:00Z'],
  ['Asia/Kolkata', '2026-06-01', 24, '2026-05-31T18:30:00Z'],
  ['Australia/Lord_Howe', '2026-04-05', 24.5, '2026-04-04T13:00:00Z'],
  // Clocks skip midnight: the day begins at 01:00.
  ['America/Santiago', '2024-09-08', 23, '2024-09-08T04:00:00Z'],
  ['Africa/Cairo', '2024-04-26', 23, '2024-04-25T22:00:00Z'],
  // Clocks go back at midnight: the day before has the hour twice.
  ['America/Santiago', '2024-04-06', 25, '2024-04-06T03:00:00Z'],
  ['Africa/Cairo', '2024-10-31', 25, '2024-10-30T21:00:00Z'],
  ['America/Havana', '2024-11-03', 25, '2024-11-03T04:00:00Z'],
  // Samoa crossed the date line: there was no such day.
  ['Pacific/Apia', '2011-12-30', 0, '2011-12-30T10:00:00Z'],
  ['Pacific/Apia', '2011-12-31', 24, '2011-12-30T10:00:00Z'],
  ['Pacific/Kiritimati', '2026-01-01', 24, '2025-12-31T10:00:00Z'],
];

for (const [timezone, date, hours, first] of days) {
  test(`${date} has ${hours} hours in ${timezone} and begins at ${first}`, () => {
    const { from, to } = dayBounds(date, timezone);
    assert.equal(new Date(from).toISOString(), first.replace('Z', '.000Z'));
    assert.equal((to - from) / hour, hours);
  });
}

const zones = fc.constantFrom(
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Santiago',
  'Africa/Cairo',
  'Pacific/Apia',
  'Asia/Tehran',
);

test('every instant is in the day that the zone’s calendar shows, and days meet', () => {
  fc.assert(
    fc.property(zones, fc.integer({ min: Date.UTC(2011, 0), max: Date.UTC(2035, 0) }), (timezone, at) => {
      const date = dateIn(timezone, at);
      const { from, to } = dayBounds(date, timezone);
      assert.ok(from <= at && at < to, `${date} in ${timezone}`);
      assert.equal(dayBounds(daysAfter(date, 1), timezone).from, to);
    }),
  );
});

test('a time of day that clocks skip is the end of the skipped hour, one that they show twice is the first', () => {
  const at = (date: string, time: string, timezone: string) => new Date(momentOf(date, time, timezone)).toISOString();
  assert.equal(at('2026-11-24', '08:00', 'Europe/Berlin'), '2026-11-24T07:00:00.000Z');
  assert.equal(at('2026-03-29', '02:30', 'Europe/Berlin'), '2026-03-29T01:00:00.000Z');
  assert.equal(at('2026-10-25', '02:30', 'Europe/Berlin'), '2026-10-25T00:30:00.000Z');
  assert.equal(at('2024-09-08', '00:30', 'America/Santiago'), '2024-09-08T04:00:00.000Z');
});

test('a date, a time or a zone that does not exist is refused with what to write', () => {
  const refused = (act: () => unknown, message: RegExp) =>
    assert.throws(
      act,
      (error) => error instanceof CaptureError && error.code === 'bad_request' && message.test(error.message),
    );
  for (const date of ['2026-02-30', '2026-13-01', 'yesterday', '', '2026-1-1', '+02026-01-01']) {
    refused(() => dayBounds(date, 'UTC'), /is not a date: write it as/);
  }
  refused(() => dayBounds('2026-11-23', 'Europe/Atlantis'), /is not a time zone/);
  refused(() => momentOf('2026-11-23', '24:00', 'UTC'), /is not a time of day/);
});
