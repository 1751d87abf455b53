import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RingFileOutcome } from '../../src/capture/capture.ts';
import {
  filesMissed,
  ofLinktypeInWords,
  readFromPins,
  troubledFiles,
  troubledInShort,
} from '../../src/reports/coverage.ts';

const report = (outcome: RingFileOutcome, detail: string | null) => ({
  file: outcome,
  outcome,
  detail,
  from: null,
  to: null,
  packets: 0,
});

test('a coverage statement names files that miss packets or have something to say, and only counts those outside the window', () => {
  const reports = [
    report('searched', null),
    report('outside window', 'by its first packet'),
    report('outside window', 'by its file time'),
    report('cut', 'its last packet, at offset 24, is not whole'),
    report('unreadable', null),
    report('searched', 'pinned as p3'),
    report('cut', 'pinned as p4; still being written'),
  ];
  assert.deepEqual(
    troubledFiles(reports).map(({ file }) => file),
    ['cut', 'unreadable', 'cut'],
  );
  assert.equal(readFromPins(reports), '1 read from p3');
  assert.equal(readFromPins(reports.slice(0, 5)), null);
});

test('files of another linktype are nothing that was missed: a search of their own follows, or the expression means nothing for them', () => {
  assert.equal(filesMissed({ searched: 2, 'other linktype': 12 }), 0);
  assert.equal(filesMissed({ searched: 2, 'other linktype': 12, damaged: 1, pruned: 2 }), 3);
});

test('files of another linktype are put together, one that is alone keeps its name', () => {
  const raw = 'linktype 101, while the savefile has 1';
  const reports = [
    report('other linktype', raw),
    report('damaged', null),
    report('other linktype', raw),
    report('other linktype', 'linktype 113, while the savefile has 1'),
  ];
  const { named, ofLinktypes, left } = troubledInShort({ window: null, ringSpans: [] }, reports);
  assert.deepEqual(ofLinktypes.map(ofLinktypeInWords), [`2 ring files of another linktype: ${raw}`]);
  assert.deepEqual(named, [reports[1], reports[3]]);
  assert.equal(left, null);
});
