import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { epoch, fillRing, found, pinIn } from './pinned-ring.ts';
import { openSensor, type Sensor, searched } from './sensor.ts';

let sensor: Sensor;
beforeEach(() => {
  sensor = openSensor();
});
afterEach(() => sensor.close());

const packers = {
  '.gz': ['gzip', '-c'],
  '.zst': ['zstd', '-qc'],
  '.lz4': ['lz4', '-qc'],
  '.pcapng': ['editcap', '-F', 'pcapng'],
} as const;

/** Replaces a ring file by the same packed, as one does to whom a ring is too large; the name that it has then. */
function pack(name: string, suffix: keyof typeof packers): string {
  const path = join(sensor.ring, name);
  const [command, ...args] = packers[suffix];
  const packed = execFileSync(command, [...args, path, ...(suffix === '.pcapng' ? ['-'] : [])]);
  const { atime, mtime } = statSync(path);
  writeFileSync(`${path}${suffix}`, packed);
  utimesSync(`${path}${suffix}`, atime, mtime);
  rmSync(path);
  return `${name}${suffix}`;
}

const told = (all: Awaited<ReturnType<typeof found>>) =>
  all.reports.map(({ file, outcome, detail }) => [file, outcome, detail]);

describe('a packed ring file', () => {
  test('is pinned by a link and found from it once it is pruned', async () => {
    const names = fillRing(sensor.ring, 5);
    const suffixes = Object.keys(packers) as (keyof typeof packers)[];
    const packed = suffixes.map((suffix, at) => pack(names[at] ?? '', suffix));
    const before = await found(sensor);
    assert.equal(before.packets, 300);
    const pin = await pinIn(sensor);
    assert.deepEqual([pin.files, pin.lacking], [5, []]);
    for (const [at, name] of packed.entries()) {
      const there = join(sensor.config.pins.directory, 'p1', `000${at + 1}.pcap`);
      assert.equal(statSync(there).ino, statSync(join(sensor.ring, name)).ino, `${name} is linked`);
    }
    for (const name of packed) rmSync(join(sensor.ring, name));
    const after = await found(sensor);
    assert.equal(after.sha256, before.sha256);
    assert.deepEqual(told(after), [
      ...packed.map((name) => [name, 'searched', 'pinned as p1']),
      [names[4], 'searched', null],
    ]);
  });

  test('is copied as far as it was where it is still being written under a name that comes back, and told as a part', async () => {
    const names = fillRing(sensor.ring, 2);
    const packed = readFileSync(join(sensor.ring, pack(names[1] ?? '', '.pcapng')));
    rmSync(join(sensor.ring, `${names[1]}.pcapng`));
    const path = join(sensor.ring, 'ring.pcapng');
    writeFileSync(path, packed.subarray(0, packed.length / 2));
    const pin = await pinIn(sensor);
    assert.deepEqual(
      pin.lacking.map(({ file, pinned, why }) => [file, pinned, why]),
      [['ring.pcapng', 'part', 'still being written: copied as far as it was']],
    );
    const before = await found(sensor);
    rmSync(path);
    const after = await found(sensor);
    assert.ok(Number(after.packets) > 60);
    assert.equal(after.packets, before.packets);
  });
});

describe('a ring file that was packed after it was pinned', () => {
  test('is found once, while the ring has it and when it has it no more', async () => {
    const names = fillRing(sensor.ring, 3);
    const before = await found(sensor);
    await pinIn(sensor);
    const packed = pack(names[0] ?? '', '.gz');
    const beside = await found(sensor);
    assert.equal(beside.sha256, before.sha256);
    assert.deepEqual(told(beside)[0], [packed, 'searched', null]);
    rmSync(join(sensor.ring, packed));
    const after = await found(sensor);
    assert.equal(after.sha256, before.sha256);
    assert.deepEqual(told(after)[0], [names[0], 'searched', 'pinned as p1']);
  });

  test('is read as it is held when the packed one is pruned while the search runs', async () => {
    const names = fillRing(sensor.ring, 2);
    await pinIn(sensor);
    const packed = pack(names[0] ?? '', '.zst');
    const order = { description: 'x', expression: 'everything', window: { since: null, until: null } };
    for await (const { step, capture } of sensor.engine.search(order, sensor.grant, new AbortController().signal)) {
      if (step === 'planned') rmSync(join(sensor.ring, packed));
      if (step !== 'ended') continue;
      assert.equal(capture.packets, 120);
      const [line] = sensor.engine.coverage(capture.id);
      assert.deepEqual([line?.outcome, line?.detail], ['searched', 'pinned as p1']);
    }
  });
});

test('what is pinned counts as held: a window that only a pin still has is not told as missing', async () => {
  const names = fillRing(sensor.ring, 20);
  await pinIn(sensor, { window: { since: epoch * 1_000_000, until: (epoch + 8 * 60) * 1_000_000 } });
  const window = { since: epoch * 1_000_000, until: (epoch + 20 * 60) * 1_000_000 };
  const spanOf = async () => (await searched(sensor, { window })).at(-1)?.capture.ringSpans[0];
  const before = await spanOf();
  for (const name of names.slice(0, 8)) rmSync(join(sensor.ring, name));
  const after = await spanOf();
  assert.deepEqual([after?.from, after?.holes], [before?.from, []]);
  assert.equal(after?.from, epoch * 1_000_000);
  for (const name of names.slice(8, 14)) rmSync(join(sensor.ring, name));
  assert.equal((await spanOf())?.holes.length, 1, 'what neither has is told');
});
