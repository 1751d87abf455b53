import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readSidecar } from '../../src/doctor/rebuild/sidecar.ts';

/** As release 0.1.0 wrote it. */
const first = {
  sensor: 'dmz-1',
  id: 'c12',
  kind: 'live',
  state: 'stopped',
  analyst: 'grant',
  orderedBy: 'grant',
  description: 'traffic to shop',
  expression: 'host 192.0.2.7',
  case: null,
  interface: 'eth1',
  ring: null,
  window: null,
  snaplen: 262144,
  savefile: 'grant_traffic.to.shop_Tue.Nov24.2026-02.10.05.UTC_1795486205_.pcap',
  startedAt: '2026-11-24T02:10:05.123Z',
  endedAt: '2026-11-24T02:20:05.000Z',
  why: 'stopped by grant',
  bytes: 24,
  packets: 0,
  counts: { captured: 0, receivedByFilter: 0, droppedByKernel: 0 },
  sha256: 'a'.repeat(64),
  facts: null,
  coverage: null,
  tools: ['tcpdump version 4.99.3'],
};

function read(text: string) {
  const directory = mkdtempSync(join(tmpdir(), 'capture-sidecar-'));
  try {
    writeFileSync(join(directory, 'x.pcap.json'), text);
    return readSidecar(join(directory, 'x.pcap.json'));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

describe('a sidecar', () => {
  test('of the first release is read, and what it did not know yet is what it meant', () => {
    const told = read(JSON.stringify(first));
    assert.equal(told?.sensor, 'dmz-1');
    const { restored } = told;
    assert.deepEqual([restored.id, restored.startedAt, restored.keep], ['c12', Date.parse(first.startedAt), false]);
    assert.deepEqual([restored.expanded, restored.earlier, restored.limits.bytes], [null, [], null]);
  });

  for (const [title, text] of [
    ['cut in the middle', JSON.stringify(first).slice(0, 200)],
    ["somebody else's JSON", '{"name":"capture"}'],
    ['with an id that is none', JSON.stringify({ ...first, id: 'c-1' })],
    ['with a digest that is none', JSON.stringify({ ...first, sha256: 'x' })],
    ['of a capture that has not ended', JSON.stringify({ ...first, state: 'running' })],
    ['empty', ''],
  ] as const) {
    test(`${title} is not believed`, () => assert.equal(read(text), undefined));
  }
});
