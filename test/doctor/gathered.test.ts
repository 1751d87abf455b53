import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { savefileName } from '../../src/capture/filename.ts';
import type { Restored } from '../../src/capture/restore.ts';
import type { Found } from '../../src/doctor/rebuild/found.ts';
import { gathered } from '../../src/doctor/rebuild/gathered.ts';
import { live } from '../bot/views/samples.ts';

const began = Date.parse('2026-11-24T02:00:00Z');
const hour = 3_600_000;
const order = { analyst: 'grant', description: 'shop' };

function restored(at: number, more: Partial<Restored>): Restored {
  const savefile = savefileName('live', order, at, 1);
  const { path: _, progress: __, version: ___, ...capture } = live({ ...order, id: 'c7', startedAt: began, savefile });
  return { ...capture, hosts: null, file: savefile, tcpdump: null, deadline: null, ...more };
}

function kept(at: number, endedAt: number, more: Partial<Restored> = {}): Found {
  const state = 'died' as const;
  return { from: 'sidecar', restored: restored(at, { state, keep: true, endedAt, why: 'a reboot', ...more }) };
}

function running(at: number, more: Partial<Restored> = {}): Found {
  return { from: 'process', words: 'name', restored: restored(at, { tcpdump: '9/boot/1', ...more }) };
}

const told = (found: readonly Found[]) =>
  found.map((each) =>
    each.from === 'nothing'
      ? each.file
      : `${each.from} ${each.restored.id} ${each.restored.earlier.map(({ endedAt }) => (endedAt - began) / hour)}`,
  );

describe('what a rebuild finds of one capture', () => {
  test('comes together, whatever order it was found in, and what runs comes first', () => {
    const found = [kept(began + 2 * hour, began + 3 * hour), kept(began, began + 2 * hour), running(began + 3 * hour)];
    assert.deepEqual(told(gathered(found)), ['process c7 2,3']);
    assert.deepEqual(told(gathered(found.toReversed())), ['process c7 2,3']);
    assert.deepEqual(told(gathered(found.slice(0, 2))), ['sidecar c7 2']);
  });

  test('comes together where nobody may see whose words a tcpdump writes', () => {
    assert.deepEqual(told(gathered([kept(began, began + hour), running(began + hour, { id: null })])), [
      'process c7 1',
    ]);
  });

  test('has an earlier savefile whose sidecar is gone, as a later sidecar tells of it', () => {
    const first = { savefile: 'first.pcap', endedAt: began + hour, why: 'a reboot', bytes: 24, packets: 0 };
    const earlier = [{ ...first, counts: null, facts: null, sha256: 'ab'.repeat(32) }];
    const [whole] = gathered([kept(began + hour, began + 2 * hour, { earlier }), running(began + 2 * hour)]);
    assert.ok(whole?.from === 'process');
    assert.deepEqual(whole.restored.earlier[0], earlier[0]);
    assert.equal(whole.restored.earlier.length, 2);
  });

  const apart: readonly [title: string, found: readonly Found[], told: readonly string[]][] = [
    ['one that was not kept', [kept(began, began + hour, { keep: false }), running(began + hour)], []],
    ['one that ended otherwise', [kept(began, began + hour, { state: 'stopped' }), running(began + hour)], []],
    ['one that ended at another time', [kept(began, began + hour), running(began + 2 * hour)], []],
    ['one of other words', [kept(began, began + hour, { description: 'mail' }), running(began + hour)], []],
    ['one that has another id', [kept(began, began + hour), running(began + hour, { id: 'c8' })], ['process c8 ']],
  ];
  for (const [title, found, expected] of apart) {
    test(`is not ${title}: what runs keeps the id, and the other is told apart`, () => {
      const [first = 'process c7 '] = expected;
      assert.deepEqual(told(gathered(found)), [first, 'sidecar c7 ']);
    });
  }
});
