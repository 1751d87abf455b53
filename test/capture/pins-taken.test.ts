import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { copyRingFile } from '../../src/capture/past/pinning/copy.ts';
import { isNamedOnce } from '../../src/capture/past/pinning/once.ts';
import { linkRingFile } from '../../src/capture/past/pinning/take.ts';
import { planRing, type RingFile } from '../../src/capture/past/ring.ts';
import { pcap, udpPackets } from './pcaps.ts';
import { epoch, putRingFile } from './pinned-ring.ts';

const now = (epoch + 3_600) * 1_000;
const firstAt = epoch * 1_000_000;

/** A ring with one file, as it is planned to be pinned, and a place for it. */
async function planned(t: TestContext): Promise<{ file: RingFile; ring: string; place: string; to: string }> {
  const [ring = '', place = ''] = ['ring', 'pin'].map((name) => mkdtempSync(join(tmpdir(), `capture-${name}-`)));
  t.after(() => {
    for (const directory of [ring, place]) rmSync(directory, { recursive: true });
  });
  putRingFile(ring, `daemonlogger.pcap.${epoch}`, epoch);
  const [first] = await planRing(ring, { since: null, until: null });
  assert.ok(first !== undefined && 'search' in first);
  return { file: first.search, ring, place, to: join(place, '0001.pcap') };
}

/** What a logger, or somebody else, may do to a file between the plan and the act. */
const meanwhile: readonly [string, (file: RingFile) => void, RegExp][] = [
  ['was pruned', ({ path }) => rmSync(path), /^it was pruned before it was/],
  [
    'is another file under the same name',
    ({ path }) => {
      writeFileSync(`${path}.new`, pcap(udpPackets(3, { from: firstAt })));
      renameSync(`${path}.new`, path);
    },
    /^another file has its name now$/,
  ],
  [
    'was begun anew by its logger',
    ({ path }) => writeFileSync(path, pcap(udpPackets(3, { from: firstAt + 60_000_000 }))),
    /^its logger began it anew$/,
  ],
];

describe('a file that, since the plan was made,', () => {
  for (const [what, act, why] of meanwhile) {
    test(`${what} is neither linked nor copied, and leaves nothing`, async (t) => {
      const { file, place, to } = await planned(t);
      act(file);
      const linked = await linkRingFile(file, to, now);
      assert.ok(linked !== false && linked.step === 'missed');
      assert.match(linked.why, why);
      const copied = await copyRingFile(file, to, async () => undefined, new AbortController().signal);
      assert.ok(copied.step === 'pruned');
      assert.match(copied.why, why);
      assert.deepEqual(readdirSync(place), []);
    });
  }

  test('is a symbolic link now is neither linked nor copied', async (t) => {
    const { file, place, to, ring } = await planned(t);
    renameSync(file.path, join(ring, 'moved'));
    symlinkSync(join(ring, 'moved'), file.path);
    const linked = await linkRingFile(file, to, now);
    assert.ok(linked !== false && linked.step === 'missed');
    await assert.rejects(
      copyRingFile(file, to, async () => undefined, new AbortController().signal),
      { code: 'ELOOP' },
    );
    assert.deepEqual(readdirSync(place), []);
  });
});

test('a copy that runs out of room leaves no part of it', async (t) => {
  const { file, place, to } = await planned(t);
  const full = () => Promise.reject(new Error('no room'));
  await assert.rejects(copyRingFile(file, to, full, new AbortController().signal), /no room/);
  assert.deepEqual(readdirSync(place), []);
});

describe('a name is given once, so that a link holds what it held,', () => {
  const wall = '20261124021005';
  for (const [name, once] of [
    [`daemonlogger.pcap.${epoch}`, true],
    [`daemonlogger.${epoch}.pcap`, true],
    [`dump-${epoch + 5}.pcap`, true],
    [`daemonlogger.pcap.${epoch}.gz`, true],
    [`daemonlogger.pcap.${epoch}.lz4`, true],
    [`ring_00001_${wall}.pcap`, true],
    ['ring.pcap0', false],
    ['ring.pcap1234567890', false],
    [`ring.${epoch}.pcap3`, false],
    [`ring_${wall}_00001.pcap`, false],
    ['ring-14.pcap', false],
    ['ring.pcap', false],
    [`daemonlogger.pcap.${epoch - 90_000}`, false],
  ] as const) {
    test(`${once ? '' : 'not '}${name}`, () => assert.equal(isNamedOnce(name, firstAt, now), once));
  }

  test('not while a logger that rolls twice a second would open it again', () => {
    assert.equal(isNamedOnce(`daemonlogger.pcap.${epoch}`, firstAt, epoch * 1_000 + 900), false);
  });
});
