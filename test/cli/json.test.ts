import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuditEntry } from '../../src/capture/orders.ts';
import { auditJson, captureJson, wholeJson } from '../../src/cli/json.ts';
import { documentOf } from '../../src/cli/output.ts';
import { runningCapture } from '../running-capture.ts';
import { coverage, searchUnderWay, stoppedCapture } from './example.ts';

const keys = [
  ...['id', 'kind', 'state', 'analyst', 'description', 'expression', 'interface', 'ring', 'savefile', 'startedAt'],
  ...['endedAt', 'bytes', 'packets', 'counts', 'sha256', 'case', 'channel'],
];

test("a capture's document has the keys that scripts rely on, and no others", () => {
  assert.deepEqual(Object.keys(captureJson(runningCapture())), keys);
  const stopped = captureJson(stoppedCapture());
  assert.equal(stopped.startedAt, '2026-11-24T02:10:05.000Z');
  assert.equal(stopped.endedAt, '2026-11-24T02:11:05.000Z');
  assert.deepEqual(stopped.counts, { captured: 10, receivedByFilter: 12, droppedByKernel: 2 });
});

test('a search that runs has its progress, too; one that ended has none', () => {
  const running = captureJson(searchUnderWay());
  assert.deepEqual(Object.keys(running), [...keys, 'progress']);
  assert.deepEqual(running.progress, {
    filesDone: 12,
    filesTotal: 24,
    bytesDone: 314_572_800,
    bytesTotal: 629_145_600,
    reached: '2026-11-23T13:20:00.123456Z',
    packets: 42,
  });
  assert.deepEqual(Object.keys(captureJson(searchUnderWay({ state: 'finished' }))), keys);
});

test('show and stop tell the rest: facts, window and ring files with their times in ISO 8601', () => {
  const whole = wholeJson(searchUnderWay({ facts: stoppedCapture().facts }), coverage);
  assert.deepEqual(whole.window, { since: '2026-11-23T02:10:05Z', until: null });
  assert.deepEqual(JSON.parse(JSON.stringify(whole)).facts.lastAt, '2026-11-24T02:10:10.500000Z');
  assert.deepEqual(JSON.parse(JSON.stringify(whole)).ringFiles[1], {
    file: 'daemonlogger.pcap.1795403400',
    outcome: 'damaged',
    from: '2026-11-23T03:10:00Z',
    to: '2026-11-23T03:20:00Z',
    packets: 2,
    detail: 'damaged at offset 4711',
  });
});

test('an audit entry keeps its hash and names its time in ISO 8601', () => {
  const entry: AuditEntry = {
    ...{ seq: 1, at: 1_795_486_205_000, outcome: 'asked', settles: null, verb: 'list', analyst: 'grant' },
    ...{ actingFor: null, origin: { door: 'engine' }, words: 'list', capture: null, detail: null, hash: 'ab' },
  };
  assert.deepEqual(auditJson(entry), { ...entry, at: '2026-11-24T02:10:05.000Z' });
});

test('what turns text around or hides in it is escaped in every document, and is the same when it is read', () => {
  const words = '\u202egnp.exe \u200b\u061c\u2066\u2069\ufeff\u009b\u007f\u{e0041} größe 👨‍👩‍👧';
  const written = documentOf({ [words]: [words] });
  assert.match(written, /"\\u202egnp\.exe \\u200b\\u061c\\u2066\\u2069\\ufeff\\u009b\\u007f\\udb40\\udc41 größe/);
  assert.doesNotMatch(written, /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/u);
  assert.deepEqual(JSON.parse(written), { [words]: [words] });
});
