import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOf } from '../../src/reports/digest.ts';
import { digestLines } from '../../src/reports/lines.ts';
import { busyDay, digest, disk, ended, entry, head, heldOf, live, past, pinned, sound } from '../bot/views/samples.ts';

const noon = Date.UTC(2026, 10, 23, 12);
const of = { date: '2026-11-23', timezone: 'Europe/Berlin', sensor: 'dmz-1', now: Date.UTC(2026, 10, 24, 7) };
const ids = (captures: readonly { id: string }[]) => captures.map(({ id }) => id);

test('a day tells what was started, searched, ended, what ran on, and whose it was', () => {
  const told = digest();
  assert.deepEqual(ids(told.started), ['c10', 'c11']);
  assert.deepEqual(ids(told.searched), ['c8']);
  assert.deepEqual(ids(told.ended), ['c10', 'c8', 'c11']);
  assert.deepEqual(ids(told.running), ['c9']);
  assert.deepEqual(told.analysts, [
    { analyst: 'grant', started: 1, searched: 1, ended: 2, running: 0, refused: 0, bytesKept: 2 * 1_262_485 },
    { analyst: 'will', started: 1, searched: 0, ended: 1, running: 1, refused: 1, bytesKept: 1_262_485 },
  ]);
  assert.equal(told.bytesKept, 3 * 1_262_485);
  assert.equal(told.looks, 1);
  assert.deepEqual(told.head, head);
  assert.equal(told.quiet, false);
});

test('holes in the evidence are named: dropped packets, counts that nobody knows, ring files left out, captures that died', () => {
  const { attention } = digest();
  assert.deepEqual(ids(attention.holed), ['c10']);
  assert.deepEqual(ids(attention.broken), ['c11']);
  assert.deepEqual(ids(attention.gaps), ['c8']);
  assert.deepEqual(
    attention.failed.map(({ why }) => why),
    ['tcpdump could not open eth9'],
  );
  const killed = live({
    ...ended,
    startedAt: noon,
    endedAt: noon + 1,
    counts: { captured: null, receivedByFilter: null, droppedByKernel: null },
  });
  assert.deepEqual(ids(digest({ captures: [killed], entries: [], head, disk, pinned }).attention.holed), ['c12']);
});

test('packets that tcpdump captured and the savefile lacks are a hole, and so is a last packet that is not whole', () => {
  const facts = ended.facts ?? null;
  const lacking = live({
    ...ended,
    startedAt: noon,
    endedAt: noon + 1,
    counts: { captured: 3_420, receivedByFilter: 3_420, droppedByKernel: 0 },
    facts: facts && { ...facts, cutAt: 1_262_000 },
  });
  const told = digest({ captures: [lacking], entries: [], head, disk, pinned });
  assert.deepEqual(ids(told.attention.holed), ['c12']);
  assert.ok(digestLines(told).some((line) => line.includes('c12 grant 8 captured packets missing from the savefile')));
});

test('what retention deleted since is not told as kept', () => {
  const told = digest({ ...busyDay(), deleted: ['c10'] });
  assert.equal(told.bytesKept, 2 * 1_262_485);
  assert.deepEqual(
    told.analysts.map(({ bytesKept }) => bytesKept),
    [1_262_485, 1_262_485],
  );
  assert.equal(told.ended.length, 3);
});

test('tells how long the disk lasts at the pace of the day', () => {
  const hour = 3_600_000;
  const day = { from: Date.UTC(2026, 10, 22, 23), to: Date.UTC(2026, 10, 23, 23) };
  const half = live({ ...ended, startedAt: day.from - 2 * hour, endedAt: day.from + 2 * hour, bytes: 4e9 });
  const told = digest({ captures: [half], entries: [], head, disk, pinned });
  assert.deepEqual(told.disk, { free: 41e9, floor: 5e9, perDay: 2e9, days: 18 });
  assert.ok(
    digestLines(told).includes('  38.2 GiB free; at 1.9 GiB a day the floor of 4.7 GiB is 18 days away'),
    digestLines(told).join('\n'),
  );
  const quiet = digest({ captures: [], entries: [], head, disk, pinned });
  assert.equal(quiet.disk.days, null);
  const below = digest({ captures: [half], entries: [], head, disk: { free: 4e9, floor: 5e9 }, pinned });
  assert.ok(digestLines(below).some((line) => line.includes('below the floor of 4.7 GiB: no capture starts')));
});

test('drops of a capture that still runs are told too', () => {
  const running = live({ startedAt: noon, counts: { captured: 1, receivedByFilter: 3, droppedByKernel: 2 } });
  assert.deepEqual(ids(digest({ captures: [running], entries: [], head, disk, pinned }).attention.holed), ['c12']);
});

test('a stranger who was refused is told by door and identity, and is nobody’s row', () => {
  const told = digest();
  assert.deepEqual(
    told.refused.map(({ analyst, from }) => [analyst, from]),
    [
      [null, 'slack:T0STRANGE/U0STRANGER in C024BE91L'],
      ['will', 'slack:T024BE7LD/U024BE7LH in C024BE91L'],
    ],
  );
  assert.deepEqual(
    told.analysts.map(({ analyst }) => analyst),
    ['grant', 'will'],
  );
});

test('a capture that failed to start counts as broken, not as started, and its audit entry is not told again', () => {
  const failed = live({ id: 'c5', state: 'failed', startedAt: noon, endedAt: noon + 9, bytes: null });
  const told = digest({
    captures: [failed],
    entries: [entry({ outcome: 'failed', capture: 'c5' })],
    head,
    disk,
    pinned,
  });
  assert.deepEqual([told.started, told.ended, told.attention.failed], [[], [], []]);
  assert.deepEqual(ids(told.attention.broken), ['c5']);
});

test('an order of which nobody knows how it ended has to be looked at', () => {
  const told = digest({
    captures: [],
    entries: [entry({ outcome: 'unknown', verb: 'stop', settles: 7 })],
    head,
    disk,
    pinned,
  });
  assert.equal(told.attention.failed.length, 1);
  assert.equal(told.quiet, false);
});

test('a capture that began before the day and ended after it only runs', () => {
  const long = live({ ...ended, startedAt: noon - 5 * 86_400_000, endedAt: noon + 86_400_000 });
  const told = digest({ captures: [long], entries: [], head, disk, pinned });
  assert.deepEqual(ids(told.running), ['c12']);
  assert.equal(told.bytesKept, 0);
  assert.equal(told.quiet, true);
});

test('the bounds are the zone’s day: the last second before midnight in Berlin belongs to it, the first after it does not', () => {
  const lastSecond = Date.UTC(2026, 10, 23, 22, 59, 59);
  const inside = past({ id: 'c1', startedAt: lastSecond });
  const outside = past({ id: 'c2', startedAt: lastSecond + 1000 });
  const day = { ...sound, captures: [inside, outside], entries: [], head, disk, pinned };
  assert.deepEqual(ids(digestOf(day, of).searched), ['c1']);
});

test('looking is not acting: a day of lists is a quiet day, and the report says so', () => {
  const told = digest({ captures: [], entries: [entry(), entry({ verb: 'show' })], head, disk, pinned });
  assert.equal(told.quiet, true);
  assert.equal(told.looks, 2);
  assert.match(digestLines(told).join('\n'), /A quiet day/);
});

test('an audit log that does not hold, and savefiles that may not verify, make no quiet day', () => {
  const quiet = { captures: [], entries: [], head, disk, pinned };
  const broken = { seq: 12, fault: 'hash differs', detail: 'it carries 11' } as const;
  const chain = { entries: 11, broken, unguarded: ['audit_only_grows'] };
  const doubtful = (['vanished', 'vanished', 'changed'] as const).map((doubt, at) => ({
    held: heldOf(`c${at}`),
    doubt,
  }));
  for (const trouble of [{ chain }, { chain: { ...chain, broken: null } }, { doubtful }])
    assert.equal(digest({ ...quiet, ...trouble }).quiet, false);
  const lines = digestLines(digest({ ...quiet, chain, doubtful }));
  const at = lines.indexOf('Needs a look');
  assert.deepEqual(lines.slice(at + 1, at + 9), [
    '  the audit log does not hold from entry 12 on: hash differs',
    '    capture audit verify tells more',
    '  the audit log is not guarded by audit_only_grows',
    '    capture audit verify tells more',
    '  2 savefiles gone, and not deleted by capture: c0 and c1',
    '    capture verify tells more',
    '  1 savefile not what it was, as verify found: c2',
    '    capture verify tells more',
  ]);
});

test('the digest of a day that is not over says that these are its numbers so far', () => {
  assert.equal(digestOf(busyDay(), { ...of, now: noon + 1 }).soFar, true);
  assert.equal(digest().soFar, false);
});
