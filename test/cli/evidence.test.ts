import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HeldSavefile } from '../../src/capture/evidence.ts';
import { chainLines, fetchLines, tallyLine, verifiedLines } from '../../src/cli/evidence.ts';
import { wholeLines } from '../../src/cli/whole.ts';
import { stoppedCapture } from './example.ts';

const { savefile, path } = stoppedCapture();
const sha256 = 'ab'.repeat(32);
const now = 'cd'.repeat(32);
const held: HeldSavefile = {
  capture: 'c12',
  analyst: 'grant',
  savefile,
  path,
  endedAt: 1_795_486_265_000,
  bytes: 1_164,
  sha256,
};

describe('verify', () => {
  test('prints what each savefile was found to be, with both digests where they differ', () => {
    const lines = [
      verifiedLines({ held, finding: { finding: 'holds' }, sidecar: { sidecar: 'holds' } }),
      verifiedLines({
        held,
        finding: { finding: 'changed', sha256: now, bytes: 1_200 },
        sidecar: { sidecar: 'missing' },
      }),
      verifiedLines({ held, finding: { finding: 'vanished' }, sidecar: null }),
      verifiedLines({
        held,
        finding: { finding: 'unreadable', why: 'EACCES:\nno' },
        sidecar: { sidecar: 'differs', keys: ['sha256', 'bytes'] },
      }),
      verifiedLines({
        held: { ...held, sha256: null },
        finding: { finding: 'no digest' },
        sidecar: { sidecar: 'holds' },
      }),
      verifiedLines({ held, finding: { finding: 'hashed', sha256: now, bytes: 1_200 }, sidecar: { sidecar: 'holds' } }),
    ].flat();
    assert.deepEqual(lines, [
      `c12 holds ${savefile}`,
      `c12 changed ${savefile}: SHA-256 ${now}, 1200 bytes; it was ${sha256}, 1164 bytes`,
      `c12 sidecar missing ${savefile}.json`,
      `c12 vanished ${savefile}`,
      `c12 unreadable ${savefile}: EACCES: no`,
      `c12 sidecar differs ${savefile}.json: sha256, bytes`,
      `c12 no digest ${savefile}: capture -m makes one`,
      `c12 hashed ${savefile}: SHA-256 ${now}, 1200 bytes`,
    ]);
  });

  test('ends with how many there were of each', () => {
    const tally = { findings: { holds: 1_200, changed: 1 }, sidecars: 2, sound: false };
    assert.equal(tallyLine(tally), '1201 savefiles: 1200 hold, 1 changed; 2 sidecars do not hold');
    assert.equal(tallyLine({ findings: {}, sidecars: 0, sound: true }), 'no savefiles');
  });
});

describe('get', () => {
  const fetchable = { held, host: 'sensor1', login: 'grant', sidecar: `${path}.json`, warnings: [] };

  test('prints a line that fetches savefile and sidecar, and one that checks what arrived', () => {
    assert.deepEqual(fetchLines(fetchable), [
      `Savefile:     ${path}`,
      'Size (bytes): 1164',
      `SHA-256:      ${sha256}`,
      '',
      `scp grant@sensor1:${path} grant@sensor1:${path}.json .`,
      `echo '${sha256}  ${savefile}' | sha256sum -c`,
    ]);
  });

  test('quotes a place that a shell would take apart', () => {
    const odd = {
      ...fetchable,
      login: null,
      sidecar: null,
      held: { ...held, path: "/srv/it's here/x.pcap", sha256: null },
    };
    assert.equal(fetchLines(odd).at(-1), "scp 'sensor1:/srv/it'\\''s here/x.pcap' .");
  });
});

describe('audit verify', () => {
  const head = { seq: 6, hash: sha256 };

  test('prints how far the log holds, and its head', () => {
    assert.deepEqual(chainLines({ step: 'ended', entries: 6, head, broken: null, unguarded: [] }), [
      '6 entries hold; up to the last of them, for --head',
      `  6:${sha256}`,
    ]);
  });

  test('prints the first broken entry before all else, and which triggers are gone', () => {
    const broken = {
      seq: 7,
      fault: 'hash differs',
      detail: 'what it says has the hash 00, and it carries 11',
    } as const;
    assert.deepEqual(chainLines({ step: 'ended', entries: 6, head, broken, unguarded: ['audit_only_grows'] }), [
      'Entry 7 is broken (hash differs): what it says has the hash 00, and it carries 11',
      '6 entries before it hold; up to the last of them, for --head',
      `  6:${sha256}`,
      'The trigger audit_only_grows, which refuses changes of the log, is gone.',
    ]);
  });
});

test('show says when and why a savefile was deleted', () => {
  const deletion = { at: 1_795_486_265_000, why: 'it ended more than 90d ago (retention.finished)' };
  const lines = wholeLines(
    stoppedCapture(),
    { reports: [], status: null, deletion },
    { timezone: 'UTC', terminal: false },
  );
  assert.ok(
    lines.some((line) => /^Deleted: +Tue Nov 24 02:11:05 2026 UTC: it ended more than 90d ago/.test(line)),
    lines.join('\n'),
  );
});
