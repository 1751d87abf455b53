import assert from 'node:assert/strict';
import { linkSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { execa } from 'execa';
import { type Network, openNetwork } from '../../sandbox/network/network.ts';
import type { RingFileReport } from '../../src/capture/capture.ts';
import { openPrivateDisk } from '../faults/private-disk.ts';
import { type Logger, loggers, type Recording, record, turnOf } from './loggers.ts';
import { recordsOf, selectedBy } from './reference.ts';
import { openSensor, type Sensor, searched } from './sensor.ts';
import { until } from './wait.ts';

/** Newest files that are compared while the logger writes. */
const mostHeld = 4;
const port = 47_131;
const expression = `udp port ${port}`;

/** A logger and its ring, which a search knows by the logger's title. */
interface Ring {
  readonly logger: Logger;
  readonly path: string;
  readonly turned: () => boolean;
  recording: Recording;
}

const directory = mkdtempSync(join(tmpdir(), 'loggers-test-'));
const rings = new Map<Logger, Ring>();
const endings: (() => Promise<void>)[] = [];
let sensor: Sensor;
let network: Network;
let sending = true;
let traffic: Promise<void> = Promise.resolve();

/** All of them record the same packets at the same time, so that they are waited for together. */
before(async () => {
  network = await openNetwork({ name: 'loggers', kind: 'namespace' });
  for (const [at, logger] of loggers.entries()) {
    let path = join(directory, String(at));
    if (logger.disk === undefined) mkdirSync(path);
    else {
      const disk = await openPrivateDisk({ after: (end) => endings.push(end) }, path, logger.disk);
      path = disk.seen('.');
    }
    rings.set(logger, { logger, path, turned: turnOf(logger, path), recording: record(logger, network, path) });
  }
  sensor = openSensor({
    rings: [...rings.values()].map(({ logger, path }) => ({ name: logger.title, path, interface: network.interface })),
  });
  traffic = send();
  await until('each logger to turn its ring', () => waitingFor().length === 0, 100_000).catch((cause) => {
    throw new Error(`waited in vain for ${waitingFor().join(', ')}`, { cause });
  });
});
after(async () => {
  sending = false;
  await traffic;
  for (const { recording } of rings.values()) await recording.stop();
  await sensor.close();
  for (const end of endings) await end();
  await network.close();
  rmSync(directory, { recursive: true });
});

async function send(): Promise<void> {
  for (let round = 0; sending; round += 1)
    await network.traffic.send({
      ...{ count: 150, to: network.hosts.shop, port, perSecond: 300 },
      payload: `${round} `.padEnd(800 + ((round * 311) % 600), '.'),
    });
}

function waitingFor(): string[] {
  // Each is looked at: a turn is seen only by who has seen what was before it.
  return [...rings.values()].filter(({ turned }) => !turned()).map(({ logger }) => logger.title);
}

function ringOf(logger: Logger): Ring {
  const ring = rings.get(logger);
  assert.ok(ring);
  return ring;
}

interface Found {
  readonly lines: readonly RingFileReport[];
  readonly records: Buffer;
  /** What makes tcpdump write times as precisely. */
  readonly flags: readonly string[];
}

async function search({ logger }: Ring): Promise<Found> {
  const steps = await searched(sensor, { expression, rings: [logger.title] });
  const capture = steps.at(-1)?.capture;
  assert.ok(capture);
  assert.deepEqual([capture.state, capture.facts?.cutAt], ['finished', null], capture.why ?? '');
  const lines = sensor.engine.coverage(capture.id);
  const flags = capture.facts?.precision === 'nanoseconds' ? ['--nano'] : [];
  return { lines, records: recordsOf(capture.path), flags };
}

/** What was found in each file: matches stand in the savefile in the order of the coverage statement. */
function byFile({ lines, records }: Found): Map<string, Buffer> {
  let begin = 0;
  const found = lines.map(({ file, packets }) => {
    let end = begin;
    for (let count = 0; count < packets; count += 1) end += 16 + records.readUInt32LE(end + 8);
    const own = records.subarray(begin, end);
    begin = end;
    return [file, own] as const;
  });
  assert.equal(begin, records.length);
  return new Map(found);
}

describe('a search of a ring, while its logger writes,', () => {
  for (const logger of loggers) {
    test(`${logger.title}: finds what each file holds, of the newest at least what it held when it began, and names each`, async () => {
      const ring = ringOf(logger);
      // What is written over is not what it was; and further names would keep a small disk full.
      const canHold = logger.oldest !== 'written over' && logger.disk === undefined;
      const compared = { whole: 0, growing: 0 };
      await until(
        'files that were finished, and one that grew',
        async () => {
          await compare(ring, canHold, compared);
          return !canHold || (compared.whole > 0 && compared.growing > 0);
        },
        60_000,
      );
    });
  }
});

/** Searches once and compares; counts the files that were finished by then, and those that were still being written. */
async function compare(ring: Ring, canHold: boolean, compared: { whole: number; growing: number }): Promise<void> {
  const names = readdirSync(ring.path);
  const held = mkdtempSync(join(directory, 'held-'));
  const holds = new Map<string, { readonly path: string; readonly before: Buffer }>();
  for (const name of canHold ? names.sort().slice(-mostHeld) : []) {
    const path = join(held, name);
    // It may have been pruned since.
    if (!(await linked(join(ring.path, name), path))) continue;
    holds.set(name, { path, before: await selectedBy(expression, [path], '--nano') });
  }
  const found = await search(ring);
  const own = byFile(found);
  // What was pruned before the search listed the ring it has never seen.
  const left = new Set(readdirSync(ring.path));
  const isUnseen = (name: string) => !own.has(name) && !left.has(name);
  for (const name of names) assert.ok(own.has(name) || isUnseen(name), `${name} has no line`);
  for (const { file, outcome, detail } of found.lines)
    assert.ok(['searched', 'empty', 'pruned'].includes(outcome), `${file}: ${outcome}, ${detail}`);
  for (const [name, { path, before }] of holds) {
    if (isUnseen(name) || found.lines.find(({ file }) => file === name)?.outcome === 'pruned') continue;
    const records = own.get(name) ?? Buffer.alloc(0);
    const now = await selectedBy(expression, [path], ...found.flags);
    assert.ok(records.equals(now.subarray(0, records.length)), `${name}: what was found is not what it begins with`);
    assert.ok(records.length >= before.length, `${name}: ${records.length} bytes found, ${before.length} were there`);
    if (before.length === now.length && before.length > 0) compared.whole += 1;
    if (before.length < now.length) compared.growing += 1;
  }
  rmSync(held, { recursive: true });
}

describe('a search of a ring, when no packet comes,', () => {
  before(async () => {
    sending = false;
    await traffic;
  });

  for (const logger of loggers) {
    test(`${logger.title}: finds what tcpdump -r finds in file after file, record for record; so it does once it was restarted`, async () => {
      const ring = ringOf(logger);
      await isWhatTcpdumpFinds(ring);
      await ring.recording.stop();
      await isWhatTcpdumpFinds(ring);
      const before = sizesIn(ring);
      ring.recording = record(logger, network, ring.path);
      await until('the logger to write again', async () => {
        await network.traffic.send({ count: 200, to: network.hosts.shop, port, payload: 'again'.padEnd(400, '.') });
        return sizesIn(ring) !== before;
      });
      await isWhatTcpdumpFinds(ring);
    });
  }

  test('finds the same when the files are named as daemonlogger names them elsewhere', async () => {
    const [logger] = loggers;
    assert.ok(logger);
    const ring = ringOf(logger);
    // It rolls and flushes at whatever the network says of itself, and a name that it took meanwhile is not in the list.
    await ring.recording.stop();
    const names = readdirSync(ring.path);
    const { records } = await search(ring);
    for (const name of names)
      renameSync(
        join(ring.path, name),
        join(ring.path, name.replace(/^daemonlogger\.pcap\.(\d+)$/, 'daemonlogger.$1.pcap')),
      );
    assert.ok(readdirSync(ring.path).every((name) => !names.includes(name)));
    assert.ok((await search(ring)).records.equals(records));
    await isWhatTcpdumpFinds(ring);
  });
});

/** Looks until nothing was written meanwhile: a logger rolls and flushes when it likes. */
async function isWhatTcpdumpFinds(ring: Ring): Promise<void> {
  const { found, expected, names } = await until('the ring to rest', async () => {
    const [sizes, names] = [sizesIn(ring), readdirSync(ring.path)];
    const found = await search(ring);
    const expected = await foundByTcpdump(ring, found.flags);
    return sizesIn(ring) === sizes && { found, expected, names };
  });
  assert.ok(expected.length > 0);
  assert.deepEqual(found.lines.map(({ file }) => file).sort(), names.sort());
  assert.ok(found.records.equals(expected), `${found.records.length} bytes found, ${expected.length} by tcpdump`);
}

function sizesIn({ path }: Ring): string {
  return readdirSync(path)
    .sort()
    .map((name) => `${name} ${statSync(join(path, name)).size}`)
    .join();
}

interface Reference {
  readonly at: number;
  readonly records: Buffer;
}

/** By what a file was: most are the same at the next look. */
const references = new Map<string, Promise<Reference>>();

/** What tcpdump finds in one file after the other, by when their first packets came. */
async function foundByTcpdump({ path }: Ring, flags: readonly string[]): Promise<Buffer> {
  const files = await Promise.all(
    readdirSync(path).map((name) => {
      const file = join(path, name);
      const { ino, size, mtimeNs } = statSync(file, { bigint: true });
      const key = [file, ino, size, mtimeNs, ...flags].join(' ');
      const known = references.get(key) ?? referenceOf(file, flags);
      references.set(key, known);
      return known;
    }),
  );
  return Buffer.concat(files.toSorted((one, other) => one.at - other.at).map(({ records }) => records));
}

async function referenceOf(file: string, flags: readonly string[]): Promise<Reference> {
  const { stdout } = await execa('tcpdump', ['-nn', '-tt', '-r', file, '-c', '1'], { reject: false });
  return { at: Number(/^[\d.]+/.exec(stdout)?.[0] ?? 0), records: await selectedBy(expression, [file], ...flags) };
}

async function linked(file: string, name: string): Promise<boolean> {
  try {
    linkSync(file, name);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}
