import assert from 'node:assert/strict';
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { writeHistory } from '../../../sandbox/ring/history.ts';
import type { IndexStep } from '../../../src/capture/orders.ts';
import { epoch, fillRing, pinIn, since } from '../pinned-ring.ts';
import { recordsOf, selectedBy } from '../reference.ts';
import { auditOf, openSensor, type Sensor, searched } from '../sensor.ts';
import { others } from './hosts.ts';

const day = { from: new Date('2026-03-01T00:00:00Z'), to: new Date('2026-03-02T00:00:00Z') };
const expressions = [
  'udp port 53',
  'host 203.0.113.66',
  'vlan and host 192.0.2.7',
  'icmp or icmp6',
  'not tcp',
  'greater 1000',
];

describe('a ring that is indexed', () => {
  let sensor: Sensor;
  let paths: string[];

  before(async () => {
    sensor = openSensor();
    const { files } = await writeHistory({
      directory: sensor.ring,
      ...day,
      files: 6,
      bytesPerFile: 1_500_000,
      seed: 9,
    });
    paths = files.map(({ path }) => path);
    // As a logger leaves them: each was written last when the next was begun.
    for (const [nth, path] of paths.entries())
      utimesSync(path, day.to, new Date(day.from.getTime() + (nth + 1) * 4 * 3_600_000));
  });
  after(() => sensor.close());

  const index = async (): Promise<IndexStep[]> =>
    Array.fromAsync(sensor.engine.index({}, sensor.grant, new AbortController().signal));

  test('is told by its files, all but the one that is still written to, and what that takes', async () => {
    const steps = await index();
    assert.deepEqual(
      steps.flatMap((step) => (step.step === 'indexed' ? [join(sensor.ring, step.file)] : [])),
      paths.slice(0, -1),
    );
    const ended = steps.at(-1);
    assert.ok(ended?.step === 'ended');
    assert.partialDeepStrictEqual(ended.rings, [{ ring: 'dmz', files: 6, indexed: 5 }]);
    assert.deepEqual(
      (await index()).map(({ step }) => step),
      ['ended'],
    );
    assert.deepEqual(
      (await auditOf(sensor)).filter(({ verb }) => verb === 'index').map(({ outcome, detail }) => [outcome, detail]),
      [
        ['asked', null],
        ['done', '5 ring files indexed'],
        ['asked', null],
        ['done', '0 ring files indexed'],
      ],
    );
  });

  for (const expression of expressions) {
    test(`gives for "${expression}" what tcpdump -r gives, and says as much of its files as without an index`, async () => {
      const ended = (await searched(sensor, { expression, exact: true })).at(-1)?.capture;
      assert.ok(recordsOf(ended?.path ?? '').equals(await selectedBy(expression, paths)));
      const plain = openSensor({ rings: [{ name: 'dmz', path: sensor.ring, interface: 'lo' }] });
      const without = (await searched(plain, { expression, exact: true })).at(-1)?.capture;
      assert.deepEqual(sensor.engine.coverage(ended?.id ?? ''), plain.engine.coverage(without?.id ?? ''));
      await plain.close();
    });
  }

  test('gives for a list of hosts what it gives without an index', async () => {
    const plain = openSensor({ rings: [{ name: 'dmz', path: sensor.ring, interface: 'lo' }] });
    for (const order of [
      { hosts: ['203.0.113.66', '192.0.2.7', '2001:db8::/32', ...others(500)] },
      { hosts: ['203.0.113.0/24', ...others(5)], expression: 'udp', exact: true },
      { hosts: others(500) },
    ]) {
      const [one, other] = [
        (await searched(sensor, order)).at(-1)?.capture,
        (await searched(plain, order)).at(-1)?.capture,
      ];
      assert.ok(recordsOf(one?.path ?? '').equals(recordsOf(other?.path ?? '')));
      assert.deepEqual(sensor.engine.coverage(one?.id ?? ''), plain.engine.coverage(other?.id ?? ''));
    }
    await plain.close();
  });

  test('reads a file whole that is not what it was when it was indexed', async () => {
    const [first = ''] = paths;
    const bytes = readFileSync(first);
    truncateSync(first, bytes.length - 5);
    const cut = (await searched(sensor, { expression: 'udp port 53', exact: true })).at(-1)?.capture;
    assert.equal(sensor.engine.coverage(cut?.id ?? '')[0]?.outcome, 'cut');
    assert.ok(recordsOf(cut?.path ?? '').equals(await selectedBy('udp port 53', paths)));
    appendFileSync(first, bytes.subarray(-5));
    utimesSync(first, day.to, new Date(day.from.getTime() + 4 * 3_600_000));
  });

  test('never has anything of ours in its directory', () => {
    assert.deepEqual(readdirSync(sensor.ring).sort(), paths.map((path) => path.slice(sensor.ring.length + 1)).sort());
    assert.ok(statSync(join(sensor.config.state, 'index')).isDirectory());
  });
});

test('what a pin holds keeps its index when the ring has it no more; a copy gets one of its own', async (t) => {
  const sensor = openSensor();
  t.after(() => sensor.close());
  const [linked = '', , last = ''] = fillRing(sensor.ring, 3);
  // Its logger would write over it: it is copied.
  const again = join(sensor.ring, 'again.pcap1');
  renameSync(join(sensor.ring, `daemonlogger.pcap.${epoch + 60}`), again);
  const index = async () => Array.fromAsync(sensor.engine.index({}, sensor.grant, new AbortController().signal));
  const counted = (steps: IndexStep[]) => {
    const ended = steps.at(-1);
    return ended?.step === 'ended' ? ended.rings.map(({ files, indexed }) => [files, indexed]) : [];
  };
  assert.deepEqual(counted(await index()), [[3, 2]]);
  const { id } = await pinIn(sensor, { window: { since, until: (epoch + 100) * 1_000_000 } });
  const steps = await index();
  assert.deepEqual(
    steps.flatMap((step) => (step.step === 'indexed' ? [step.file] : [])),
    [`again.pcap1, pinned as ${id}`],
  );
  assert.deepEqual(counted(steps), [[4, 3]]);
  rmSync(join(sensor.ring, linked));
  rmSync(again);
  assert.ok(existsSync(join(sensor.ring, last)));
  const store = join(sensor.config.state, 'index');
  assert.deepEqual([counted(await index()), readdirSync(store).length], [[[3, 2]], 2]);
  await sensor.engine.unpin(id, sensor.grant);
  assert.deepEqual([counted(await index()), readdirSync(store).length], [[[1, 0]], 0]);
});

test('a viewer may not index, and that it was tried is in the audit log', async (t) => {
  const sensor = openSensor();
  t.after(() => sensor.close());
  const viewer = { ...sensor.grant, analyst: { name: 'vera', role: 'viewer' as const } };
  await assert.rejects(Array.fromAsync(sensor.engine.index({}, viewer, new AbortController().signal)), {
    code: 'not_allowed',
  });
  assert.deepEqual(
    (await auditOf(sensor)).map(({ verb, outcome }) => [verb, outcome]),
    [
      ['index', 'asked'],
      ['index', 'refused'],
    ],
  );
});
