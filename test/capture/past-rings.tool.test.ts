import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { execa } from 'execa';
import { writeHistory } from '../../sandbox/ring/history.ts';
import type { Capture, RingFileReport } from '../../src/capture/capture.ts';
import type { SearchOrder } from '../../src/capture/orders.ts';
import { shareThreads } from '../../src/capture/past/threads/crew.ts';
import { openRegistry } from '../../src/capture/registry.ts';
import { openRestoring } from '../../src/capture/restore.ts';
import { openDatabase } from '../../src/database.ts';
import { readSidecar } from '../../src/doctor/rebuild/sidecar.ts';
import { otherProcess } from './other-process.ts';
import { pcap, udpPackets } from './pcaps.ts';
import { recordsOf, timesOf } from './reference.ts';
import { allOf, auditOf, openSensor, type Sensor, searched, standing, tcpdumpsOf, unsettled } from './sensor.ts';

const day = { from: new Date('2026-03-01T00:00:00Z'), to: new Date('2026-03-02T00:00:00Z') };
const noon = Date.UTC(2026, 2, 1, 12) * 1_000;
const all = ['dmz', 'lan', 'wifi'];

/** The rings of all these tests; nobody writes to them. */
let rings: string;
/** Their directories go with it. */
let home: Sensor;
let sensor: Sensor;
let clock = Date.UTC(2026, 10, 24);
/** A clock by which every step is worth a note. */
const busy = () => {
  clock += 1_000;
  return clock;
};

/** A sensor with these rings, in directories of their names. */
function sensorOver(directory: string, names: readonly string[]): Sensor {
  return openSensor(
    { rings: names.map((name, at) => ({ name, path: join(directory, name), interface: `tap${at}` })) },
    busy,
  );
}

before(async () => {
  home = openSensor();
  rings = join(home.directory, 'rings');
  const write = (name: string, seed: number) =>
    writeHistory({ directory: join(rings, name), ...day, files: 4, bytesPerFile: 400_000, seed });
  await write('dmz', 5);
  // Packets of the dmz, cut short, at the same microsecond; and others in nanoseconds, one file of them packed.
  for (const [name, seed, ...flags] of [
    ['wifi', 5, '-F', 'pcap', '-s', '96'],
    ['lan', 6, '-F', 'nsecpcap', '-s', '200'],
  ] as const) {
    const { files } = await write(`${name}.whole`, seed);
    mkdirSync(join(rings, name));
    for (const { path } of files) await execa('editcap', [...flags, path, path.replace('.whole', '')]);
  }
  const [, second = ''] = readdirSync(join(rings, 'lan')).sort();
  await execa('gzip', [join(rings, 'lan', second)]);
});
after(() => home.close());
beforeEach(() => {
  sensor = sensorOver(rings, all);
});
afterEach(() => sensor.close());

async function ended(order: Partial<SearchOrder>, signal?: AbortSignal): Promise<Capture> {
  const last = (await searched(sensor, order, signal)).at(-1);
  assert.equal(last?.step, 'ended');
  return last.capture;
}

/** What mergecap makes of files: of equal times it takes the last file's first, so that it is given them in reverse. */
async function mergedBy(paths: readonly string[], format: 'pcap' | 'nsecpcap'): Promise<Buffer> {
  const { stdout } = await execa('mergecap', ['-F', format, '-w', '-', ...paths.toReversed()], {
    encoding: 'buffer',
    maxBuffer: 2 ** 29,
    stripFinalNewline: false,
  });
  return Buffer.from(stdout);
}

const sum = (lines: readonly RingFileReport[]) => lines.reduce((packets, line) => packets + line.packets, 0);

describe('a search of several rings', () => {
  for (const [title, order] of [
    ['everything', {}],
    ['what threads find', { expression: 'host 192.0.2.7 or port 53' }],
    ['what is left to tcpdump', { expression: 'tcp or ip6 protochain 17' }],
    ['what only excludes, where tags are', { expression: 'not port 443' }],
    ['a window', { window: { since: noon - 3_600_000_000, until: noon + 3_600_000_000 } }],
    ['a list of hosts', { hosts: ['192.0.2.7', '198.51.100.0/24'] }],
    ['nothing', { expression: 'host 198.51.100.254' }],
  ] as const) {
    test(`for ${title} is byte for byte what mergecap makes of the single rings' results`, async () => {
      for (const named of [all, ['wifi', 'dmz'], ['lan', 'wifi']]) {
        const alone: Capture[] = [];
        for (const ring of named) alone.push(await ended({ ...order, rings: [ring] }));
        const capture = await ended({ ...order, rings: named });
        const format = named.includes('lan') ? 'nsecpcap' : 'pcap';
        const expected = await mergedBy(
          alone.map(({ path }) => path),
          format,
        );
        assert.ok(readFileSync(capture.path).equals(expected), `${named}: ${capture.packets} packets`);
        assert.equal(
          capture.packets,
          alone.reduce((packets, one) => packets + (one.packets ?? 0), 0),
        );
        assert.equal(title === 'nothing', capture.packets === 0);
        const lines = alone.flatMap(({ id }, at) =>
          sensor.engine.coverage(id).map((line) => ({ ring: named[at], ...line })),
        );
        assert.deepEqual(sensor.engine.coverage(capture.id), lines, 'each ring as it is searched alone');
      }
    });
  }

  test('says of each ring what it held, and of each file in which ring it is', async () => {
    const capture = await ended({ rings: ['dmz', 'lan'] });
    assert.partialDeepStrictEqual(capture, {
      ...{ state: 'finished', why: 'searched to its end', ring: 'dmz,lan', interface: 'tap0,tap1' },
      coverage: { searched: 8 },
      coverageByRing: { dmz: { searched: 4 }, lan: { searched: 4 } },
      progress: { filesDone: 4 + 4, filesTotal: 4 + 4 },
    });
    assert.deepEqual(
      capture.ringSpans.map(({ ring }) => ring),
      ['dmz', 'lan'],
    );
    const lines = sensor.engine.coverage(capture.id);
    assert.deepEqual(
      lines.map(({ ring }) => ring),
      [...Array(4).fill('dmz'), ...Array(4).fill('lan')],
    );
    const sidecar = JSON.parse(readFileSync(`${capture.path}.json`, 'utf8'));
    assert.partialDeepStrictEqual(sidecar, {
      ...{ ring: 'dmz,lan', coverageByRing: capture.coverageByRing, ringSpans: capture.ringSpans },
    });
    assert.deepEqual(unsettled(sensor), []);
  });

  test('is known again from its sidecar, ring by ring, where the registry is lost', async () => {
    const { id, path } = await ended({ rings: ['dmz', 'lan'], window: { since: noon, until: null } });
    const told = readSidecar(`${path}.json`);
    assert.ok(told);
    const database = openDatabase(join(home.directory, 'anew'));
    try {
      const restored = openRestoring(database, 'nobody').put(told.restored);
      const registry = openRegistry(database, sensor.captures, 'nobody');
      const capture = sensor.engine.peek(id);
      assert.ok(capture);
      const { ring, coverage, coverageByRing, ringSpans, sha256 } = capture;
      assert.partialDeepStrictEqual(registry.byId(restored), { ring, coverage, coverageByRing, ringSpans, sha256 });
      assert.deepEqual(
        registry.coverage(restored).map((line) => [line.ring, line.outcome]),
        [...sensor.engine.coverage(id).map((line) => [line.ring, line.outcome])].sort(),
      );
    } finally {
      database.close();
    }
  });

  test('looks behind VLAN tags in those rings alone that have some', async () => {
    const directory = join(home.directory, 'tags');
    for (const name of ['plain', 'tagged']) mkdirSync(join(directory, name), { recursive: true });
    const packets = udpPackets(3);
    const tag = Buffer.from('81000014', 'hex');
    const tagged = packets.map(({ at, frame }) => ({
      at,
      frame: Buffer.concat([frame.subarray(0, 12), tag, frame.subarray(12)]),
    }));
    writeFileSync(join(directory, 'plain', 'one.pcap'), pcap(packets));
    writeFileSync(join(directory, 'tagged', 'one.pcap'), pcap(tagged));
    await sensor.close();
    sensor = sensorOver(directory, ['plain', 'tagged']);
    const steps = await searched(sensor, { expression: 'udp port 4711', rings: ['plain', 'tagged'] });
    const capture = steps.at(-1)?.capture;
    assert.equal(capture?.packets, 6);
    assert.deepEqual(
      capture?.ringSpans.map(({ ring, behindTags }) => [ring, behindTags]),
      [
        ['plain', false],
        ['tagged', true],
      ],
    );
    assert.ok(steps[0]?.step === 'planned');
    assert.match(steps[0].warnings.join(), /^the ring tagged \(tap1\) carries VLAN tags/);
    assert.match(capture.expanded ?? '', /vlan and/);
  });

  test('gives a savefile for each linktype, over all of them', async () => {
    const directory = join(home.directory, 'types');
    for (const name of ['dmz', 'raw']) mkdirSync(join(directory, name), { recursive: true });
    const raw = udpPackets(2).map(({ at, frame }) => ({ at: at + 1, frame: frame.subarray(14) }));
    writeFileSync(join(directory, 'dmz', 'one.pcap'), pcap(udpPackets(3)));
    writeFileSync(join(directory, 'raw', 'one.pcap'), pcap(raw, { linktype: 101 }));
    writeFileSync(join(directory, 'raw', 'two.pcap'), pcap(udpPackets(4)));
    await sensor.close();
    sensor = sensorOver(directory, ['dmz', 'raw']);
    const captures = (await searched(sensor, { expression: 'udp', rings: ['dmz', 'raw'] })).flatMap((step) =>
      step.step === 'ended' ? [step.capture] : [],
    );
    assert.deepEqual(
      captures.map(({ packets, facts }) => [packets, facts?.linktype]),
      [
        [7, 1],
        [2, 101],
      ],
    );
    assert.deepEqual(
      sensor.engine.coverage('c2').map(({ ring, outcome }) => [ring, outcome]),
      [
        ['dmz', 'other linktype'],
        ['raw', 'other linktype'],
        ['raw', 'searched'],
      ],
    );
  });

  test('comes to its end where one has far more to give than it may hold before another gives anything', async () => {
    const directory = join(home.directory, 'dense');
    const later = { from: day.to, to: new Date('2026-03-03T00:00:00Z') };
    const write = (name: string, time: typeof day) =>
      writeHistory({ directory: join(directory, name), ...time, files: 3, bytesPerFile: 9_000_000, seed: 8 });
    await write('early', day);
    await write('late', later);
    await sensor.close();
    sensor = sensorOver(directory, ['late', 'early']);
    const early = await ended({ rings: ['early'] });
    const late = await ended({ rings: ['late'] });
    const capture = await ended({ rings: ['late', 'early'] });
    assert.ok((late.bytes ?? 0) > 20e6);
    assert.ok(recordsOf(capture.path).equals(Buffer.concat([recordsOf(early.path), recordsOf(late.path)])));
  });
});

describe('of several rings', () => {
  test('one that is empty is told as such, and what cannot be read in another is a line of it', async () => {
    const directory = join(home.directory, 'some');
    for (const name of ['dmz', 'empty']) mkdirSync(join(directory, name), { recursive: true });
    writeFileSync(join(directory, 'dmz', 'one.pcap'), pcap(udpPackets(3)));
    symlinkSync('one.pcap', join(directory, 'dmz', 'two.pcap'));
    await sensor.close();
    sensor = sensorOver(directory, ['empty', 'dmz']);
    const { notHeld } = await import('../../src/reports/span.ts');
    const { foundLines } = await import('../../src/cli/whole.ts');
    const capture = await ended({ rings: ['empty', 'dmz'] });
    assert.equal(capture.packets, 3);
    assert.equal(notHeld(capture)[0], 'the ring empty holds no packets');
    const printed = foundLines(capture, sensor.engine.coverage(capture.id));
    assert.deepEqual(printed.slice(2, 5), [
      'Ring files of empty: none in the ring',
      'Ring files of dmz: 1 searched; 1 not searched',
      'Ring empty held: no packets',
    ]);
    assert.equal(printed.at(-1), '  dmz/two.pcap not searched: a symbolic link: not followed (time unknown)');
  });

  test('one that is not there, is not known, or is named twice is a refusal that leaves nothing behind', async () => {
    await sensor.close();
    sensor = openSensor({
      rings: [...all, 'gone', 'five'].map((name) => ({ name, path: join(rings, name), interface: 'lo' })),
    });
    const before = await standing(sensor);
    for (const [named, code, message] of [
      [['dmz', 'gone'], 'tool_failed', /the ring .*gone cannot be read: .*: leave gone out of --ring/],
      [['dmz', 'nosuch'], 'not_found', /there is no ring nosuch here: choose one of dmz, lan, wifi, gone, five/],
      [['dmz', 'lan', 'dmz'], 'bad_request', /the ring dmz is named twice/],
      [[...all, 'gone', 'five'], 'bad_request', /5 rings are too many for one search, which takes 4/],
    ] as const) {
      await assert.rejects(searched(sensor, { rings: named }), { code, message });
    }
    assert.deepEqual(await standing(sensor), before);
    assert.deepEqual(unsettled(sensor), []);
    assert.equal(auditOf(sensor).filter(({ verb, outcome }) => verb === 'search' && outcome !== 'asked').length, 4);
  });

  test('what is pinned of each is found, once, when its logger has pruned it', async () => {
    const directory = join(home.directory, 'pinned');
    for (const name of ['dmz', 'lan']) mkdirSync(join(directory, name), { recursive: true });
    await sensor.close();
    sensor = sensorOver(directory, ['dmz', 'lan']);
    const from = noon;
    const path = (ring: string) => join(directory, ring, `daemonlogger.pcap.${noon / 1_000_000}`);
    writeFileSync(path('dmz'), pcap(udpPackets(5, { from })));
    writeFileSync(path('lan'), pcap(udpPackets(7, { from: from + 1 })));
    const whole = await ended({ rings: ['dmz', 'lan'] });
    const window = { since: from - 1_000_000, until: null };
    await sensor.engine.pin({ description: 'kept', window, ring: 'lan' }, sensor.grant, new AbortController().signal);
    rmSync(path('lan'));
    const again = await ended({ rings: ['dmz', 'lan'] });
    assert.deepEqual(recordsOf(again.path), recordsOf(whole.path));
    assert.match(sensor.engine.coverage(again.id)[1]?.detail ?? '', /p1/);
    assert.equal(sensor.engine.coverage(again.id).length, 2);
  });

  test('each has a thread at least, the largest what is left of four', () => {
    assert.deepEqual(shareThreads([1e6, 2e6], 8), [1, 1]);
    assert.deepEqual(shareThreads([1e6], 8), [1]);
    assert.deepEqual(shareThreads([2e9], 2), [2]);
    assert.deepEqual(shareThreads([2e9], 64), [4]);
    assert.deepEqual(shareThreads([9e9, 1e6], 64), [3, 1]);
    assert.deepEqual(shareThreads([3e9, 0, 3e9], 64), [2, 0, 2]);
    assert.deepEqual(shareThreads([1e9, 1e9, 1e9], 2), [1, 1, 1]);
    assert.deepEqual(shareThreads([1e6, 1e6, 1e6, 1e6], 64), [1, 1, 1, 1]);
    assert.deepEqual(shareThreads([0, 0], 8), [0, 0]);
    assert.deepEqual(shareThreads([], 8), []);
  });
});

describe('a search of several rings that does not come to its end', () => {
  /** What was merged is whole packets of the rings, none later than one that follows it; the statement counts them. */
  const isKept = (capture: Capture | undefined) => {
    assert.ok(capture?.endedAt);
    assert.deepEqual(readdirSync(sensor.captures).sort(), [capture.savefile, `${capture.savefile}.json`]);
    assert.equal(capture.facts?.cutAt, null);
    const times = timesOf(recordsOf(capture.path));
    assert.deepEqual(
      times,
      times.toSorted((one, other) => one - other),
    );
    const lines = sensor.engine.coverage(capture.id);
    assert.equal(lines.length, 8);
    assert.equal(sum(lines), capture.packets);
    assert.deepEqual(unsettled(sensor), []);
    assert.deepEqual(tcpdumpsOf(sensor.directory), []);
  };

  for (const expression of ['greater 0', 'greater 0 or ip6 protochain 17']) {
    test(`since it is cancelled keeps what was merged, in order, and counts it (${expression})`, async () => {
      const cancel = new AbortController();
      let last: Capture | undefined;
      const order = { description: 'x', expression, window: { since: null, until: null }, rings: ['dmz', 'wifi'] };
      for await (const step of sensor.engine.search(order, sensor.grant, cancel.signal)) {
        last = step.capture;
        if (step.step === 'reached' && step.progress.packets > 0) cancel.abort();
      }
      assert.equal(last?.state, 'cancelled');
      isKept(last);
    });
  }

  test('since it is stopped before it begins has an empty savefile and a line for each file', async () => {
    const capture = await ended({ rings: ['dmz', 'wifi'] }, AbortSignal.abort());
    assert.partialDeepStrictEqual(capture, { state: 'cancelled', packets: 0, coverage: { 'not searched': 8 } });
    isKept(capture);
  });

  test('since nobody reads on lets go of threads and tools, and names the rest', async () => {
    for (const expression of ['greater 0', 'greater 0 or ip6 protochain 17']) {
      const order = {
        description: 'x',
        expression,
        window: { since: null, until: null },
        rings: ['dmz', 'wifi', 'lan'],
      };
      let id = '';
      for await (const step of sensor.engine.search(order, sensor.grant, new AbortController().signal)) {
        id = step.capture.id;
        if (step.step === 'reached' && step.progress.packets > 0) break;
      }
      const capture = sensor.engine.peek(id);
      assert.partialDeepStrictEqual(capture, { state: 'cancelled', facts: { cutAt: null } });
      assert.match(capture?.why ?? '', /nobody waited/);
      const lines = sensor.engine.coverage(id);
      assert.equal(lines.length, 12);
      // What was merged when the reader left is in the savefile, and counts.
      assert.deepEqual([sum(lines), capture?.progress?.packets], [capture?.packets, capture?.packets]);
      assert.deepEqual(tcpdumpsOf(sensor.directory), []);
    }
  });

  test('since its process is killed has a line for each file of each ring, and settles', async () => {
    const other = (name: string) => join(home.directory, name);
    for (const name of ['ring', 'lan']) {
      await writeHistory({ directory: other(name), ...day, files: 3, bytesPerFile: 1_500_000, seed: 9 });
    }
    for (const delay of ['planned', 'reached', 'planned']) {
      const process = otherProcess(home.directory, 'search', { expression: 'everything', rings: 'dmz,lan' });
      await process.said(delay);
      process.kill();
      await process.ended;
      await home.engine.reconcile();
      const [capture] = await allOf(home);
      assert.ok(capture);
      assert.ok(capture.state === 'died' || capture.state === 'finished', capture.state);
      assert.ok(lstatSync(capture.path).isFile());
      const lines = home.engine.coverage(capture.id);
      assert.deepEqual(
        lines.map(({ ring }) => ring),
        [...Array(3).fill('dmz'), ...Array(3).fill('lan')],
      );
      for (const name of ['dmz', 'lan']) {
        const left = lines.filter(({ ring, outcome }) => ring === name && outcome === 'not searched');
        assert.deepEqual(
          left.map(({ detail }) => detail),
          left.map((_, at) => `the search ended before ${at === 0 ? 'it was done with it' : 'it'}`),
        );
      }
      assert.deepEqual(unsettled(home), []);
    }
  });

  test('since the disk is full says so, and keeps what fitted', {
    skip: process.getuid?.() !== 0 && 'needs root to mount one',
  }, async () => {
    mkdirSync(sensor.captures, { recursive: true });
    await execa('mount', ['-t', 'tmpfs', '-o', 'size=2048k,mode=755', 'capture-test', sensor.captures]);
    try {
      await assert.rejects(searched(sensor, { rings: all }), { code: 'no_room', message: /the disk is full/ });
      const capture = sensor.engine.peek('c1');
      assert.equal(capture?.state, 'failed');
      assert.match(capture.why ?? '', /the disk is full/);
      assert.ok((capture.packets ?? 0) > 1_000);
      assert.equal(sensor.engine.coverage('c1').length, 12);
      assert.deepEqual(unsettled(sensor), []);
    } finally {
      await sensor.engine.reconcile();
      await execa('umount', [sensor.captures], { reject: false });
    }
  });
});
