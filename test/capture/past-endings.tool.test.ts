import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { execa } from 'execa';
import { writeHistory } from '../../sandbox/ring/history.ts';
import type { SearchStep } from '../../src/capture/orders.ts';
import { otherProcess } from './other-process.ts';
import { recordsOf, selectedBy } from './reference.ts';
import { allOf, auditOf, openSensor, type Sensor, unsettled } from './sensor.ts';
import { until } from './wait.ts';

const day = { from: new Date('2026-03-01T00:00:00Z'), to: new Date('2026-03-02T00:00:00Z') };
const order = { description: 'what was', expression: 'everything', window: { since: null, until: null } };

/** The ring of all these tests; nobody writes to it. */
let home: Sensor;
let paths: string[];
let sensor: Sensor;
let clock = Date.UTC(2026, 10, 24);
const busy = () => {
  clock += 1_000;
  return clock;
};

before(async () => {
  home = openSensor();
  const { files } = await writeHistory({ directory: home.ring, ...day, files: 6, bytesPerFile: 1_500_000, seed: 5 });
  paths = files.map(({ path }) => path);
});
after(() => home.close());
beforeEach(() => {
  sensor = openSensor({ rings: [{ name: 'dmz', path: home.ring, interface: 'lo' }] }, busy);
});
afterEach(() => sensor.close());

/** What was merged is a beginning of what the whole search would have given, in whole packets, under the final name alone. */
async function isKept(id: string): Promise<void> {
  const capture = sensor.engine.peek(id);
  assert.ok(capture?.endedAt);
  assert.deepEqual(readdirSync(sensor.captures).sort(), [capture.savefile, `${capture.savefile}.json`]);
  assert.ok(lstatSync(join(sensor.captures, capture.savefile)).isFile());
  const records = recordsOf(capture.path).subarray(0, (capture.facts?.cutAt ?? Number.POSITIVE_INFINITY) - 24);
  const whole = await selectedBy('everything', paths);
  assert.ok(records.length < whole.length && records.equals(whole.subarray(0, records.length)));
  assert.deepEqual(unsettled(sensor), []);
}

/** Searches until the third file is begun, then does something; gives the steps that came. */
async function midway(
  act: (id: string) => void,
  signal = new AbortController().signal,
  expression = order.expression,
): Promise<SearchStep[]> {
  const steps: SearchStep[] = [];
  let acted = false;
  for await (const step of sensor.engine.search({ ...order, expression }, sensor.grant, signal)) {
    steps.push(step);
    if (acted || step.step !== 'reached' || step.progress.filesDone < 2) continue;
    acted = true;
    act(step.capture.id);
  }
  return steps;
}

describe('a search that is cancelled', () => {
  test('by its signal keeps what was merged, and names the files that it did not come to', async () => {
    const cancel = new AbortController();
    // Left to tcpdump, which has not gone further than what was taken of it.
    const last = (await midway(() => cancel.abort(), cancel.signal, 'greater 0 or ip6 protochain 17')).at(-1);
    assert.partialDeepStrictEqual(last, { step: 'ended', capture: { state: 'cancelled', why: 'cancelled' } });
    const lines = sensor.engine.coverage('c1');
    assert.deepEqual(
      lines.map(({ outcome }) => outcome),
      ['searched', 'searched', ...Array(4).fill('not searched')],
    );
    assert.match(lines[2]?.detail ?? '', /in the middle of it, at offset \d+/);
    assert.equal(
      lines.reduce((sum, { packets }) => sum + packets, 0),
      last?.capture.packets,
    );
    await isKept('c1');
  });

  test('while threads scan keeps what was taken of them, file by file', async () => {
    const cancel = new AbortController();
    const last = (await midway(() => cancel.abort(), cancel.signal)).at(-1);
    assert.partialDeepStrictEqual(last, { step: 'ended', capture: { state: 'cancelled', why: 'cancelled' } });
    const lines = sensor.engine.coverage('c1');
    const searched = lines.filter(({ outcome }) => outcome === 'searched').length;
    assert.ok(searched === 2 || searched === 3, `${searched} searched`);
    assert.deepEqual(
      lines.map(({ outcome }) => outcome),
      [...Array(searched).fill('searched'), ...Array(6 - searched).fill('not searched')],
    );
    assert.equal(
      lines.reduce((sum, { packets }) => sum + packets, 0),
      last?.capture.packets,
    );
    await isKept('c1');
  });

  test('before it begins is over at once, with an empty savefile', async () => {
    const cancel = new AbortController();
    cancel.abort();
    const steps = await Array.fromAsync(sensor.engine.search(order, sensor.grant, cancel.signal));
    assert.partialDeepStrictEqual(steps.at(-1), { step: 'ended', capture: { state: 'cancelled', packets: 0 } });
    await isKept('c1');
  });

  test('by a stop, in this process, ends for both', async () => {
    let stopped: Promise<unknown> = Promise.resolve();
    const steps = await midway(() => {
      stopped = sensor.engine.stop('c1', sensor.grant);
    });
    assert.deepEqual(await stopped, [sensor.engine.peek('c1')]);
    assert.partialDeepStrictEqual(steps.at(-1)?.capture, { state: 'cancelled', why: 'stopped by grant' });
    await isKept('c1');
  });

  test('by a stop given at another engine of the same process is not taken for dead', async () => {
    const { openEngine } = await import('../../src/capture/engine.ts');
    const { errorsInto } = await import('./sensor.ts');
    const second = openEngine({ config: sensor.config, log: errorsInto([]), now: Date.now });
    let stopped: Promise<unknown> = Promise.resolve();
    await midway(() => {
      stopped = second.stop('c1', sensor.grant);
    });
    assert.partialDeepStrictEqual(await stopped, [{ state: 'cancelled', why: 'stopped by grant' }]);
    await second.close();
    await isKept('c1');
  });

  test('by a reader who walks away keeps what was merged, and names the rest', async () => {
    for await (const step of sensor.engine.search(order, sensor.grant, new AbortController().signal)) {
      if (step.step === 'reached' && step.progress.filesDone === 2) break;
    }
    assert.match(sensor.engine.peek('c1')?.why ?? '', /nobody waited/);
    assert.equal(sensor.engine.peek('c1')?.state, 'cancelled');
    const lines = sensor.engine.coverage('c1');
    assert.deepEqual(
      lines.map(({ outcome }) => outcome),
      ['searched', 'searched', ...Array(4).fill('not searched')],
    );
    await isKept('c1');
  });
});

describe('a search whose process is killed', () => {
  test('is told as died, with its file under its final name and nothing else left', async () => {
    for (let round = 0; round < 4; round += 1) {
      const other = otherProcess(home.directory, 'search', { expression: 'everything', description: `round ${round}` });
      await other.said('planned');
      await pause(round * 40);
      other.kill();
      await other.ended;
      await home.engine.reconcile();
      const [capture] = await allOf(home);
      assert.ok(capture);
      if (capture.state !== 'finished') {
        assert.equal(capture.state, 'died');
        assert.match(
          capture.why ?? '',
          /^the process that searched was interrupted after \d of 6 ring files.*Order the search again/,
        );
        const lines = home.engine.coverage(capture.id);
        assert.equal(lines.length, 6, 'each ring file has its line');
        const left = lines.filter(({ outcome }) => outcome === 'not searched');
        assert.deepEqual(
          left.map(({ detail }) => detail),
          // None is left where it was killed between its last file and its end.
          left.map((_, at) =>
            at === 0 ? 'the search ended before it was done with it' : 'the search ended before it',
          ),
        );
      }
      assert.ok(lstatSync(capture.path).isFile());
      const known = (await allOf(home)).flatMap(({ savefile }) => [savefile, `${savefile}.json`]);
      assert.deepEqual(readdirSync(home.captures).sort(), known.sort());
      assert.deepEqual(unsettled(home), []);
    }
  });

  test('before its file was linked leaves nothing nobody knows of', async () => {
    const { finishProcessingFile } = await import('../../src/capture/past/processing.ts');
    const directory = join(sensor.directory, 'left');
    const savefile = 'grant_x_Tue.Nov24.2026-02.10.05.UTC_1795486205_.past.pcap';
    const [one, two] = ['grant.processing.1.0', 'grant.processing.1.5'].map((name) => `${name}${savefile.slice(5)}`);
    const other = 'grant.processing.1.0_y_Tue.Nov24.2026-02.10.05.UTC_1795486205_.past.pcap';
    const lay = [
      `echo x > ${one}`,
      `echo x > ${one}; ln -s ${one} ${savefile}`,
      `echo x > ${one}; ln -s ${one} ${savefile}; ln ${one} ${two}`,
      `echo x > ${one}; ln -s ${one} ${savefile}; ln ${one} ${two}; ln -s ${two} ${savefile}.link`,
      `echo x > ${one}; ln -s ${two} ${savefile}; ln ${one} ${two}`,
      `echo x > ${savefile}; ln ${savefile} ${one}`,
      `echo x > ${savefile}`,
    ];
    for (const killed of lay) {
      mkdirSync(directory);
      await execa('sh', ['-c', `${killed}; echo y > ${other}`], { cwd: directory });
      for (let again = 0; again < 2; again += 1) {
        await finishProcessingFile(directory, savefile);
        assert.deepEqual(readdirSync(directory).sort(), [other, savefile], killed);
        assert.ok(lstatSync(join(directory, savefile)).isFile());
      }
      await execa('rm', ['-r', directory]);
    }
  });
});

describe('a disk that is full', { skip: process.getuid?.() !== 0 && 'needs root to mount one' }, () => {
  const sizeOf = async (kib: number) => {
    mkdirSync(sensor.captures, { recursive: true });
    await execa('mount', ['-t', 'tmpfs', '-o', `size=${kib}k,mode=755`, 'capture-test', sensor.captures]);
  };
  afterEach(async () => {
    await sensor.engine.reconcile();
    await execa('umount', [sensor.captures], { reject: false });
  });

  test('ends a search with no_room, told in words, and keeps what fitted', async () => {
    await sizeOf(2_048);
    await assert.rejects(Array.fromAsync(sensor.engine.search(order, sensor.grant, new AbortController().signal)), {
      code: 'no_room',
      message: /the disk is full/,
    });
    const capture = sensor.engine.peek('c1');
    assert.partialDeepStrictEqual(capture, { state: 'failed' });
    assert.match(capture?.why ?? '', /the disk is full/);
    assert.ok((capture?.packets ?? 0) > 1_000);
    assert.ok(lstatSync(capture?.path ?? '').isFile());
    const outcomes = sensor.engine.coverage('c1').map(({ outcome }) => outcome);
    assert.equal(outcomes.length, 6);
    assert.equal(outcomes.at(-1), 'not searched');
    assert.partialDeepStrictEqual(
      auditOf(sensor).findLast(({ verb }) => verb === 'search'),
      { outcome: 'failed' },
    );
    assert.deepEqual(unsettled(sensor), []);
  });

  test('is told of a live capture, whose tcpdump says nothing of it', async () => {
    await sizeOf(1_200);
    const { capture } = await sensor.engine.start({ description: 'x', expression: 'udp port 47113' }, sensor.grant);
    writeFileSync(join(sensor.captures, 'somebody else’s'), Buffer.alloc(1_130 * 1_024));
    const { createSocket } = await import('node:dgram');
    const sender = createSocket('udp4');
    for (let at = 0; at < 150; at += 1) {
      await new Promise((resolve) => sender.send(Buffer.alloc(1_400), 47_113, '127.0.0.7', resolve));
    }
    sender.close();
    await until('the disk is full', () => lstatSync(capture.path).size >= 60_000);
    const [stopped] = await sensor.engine.stop('c1', sensor.grant);
    assert.equal(stopped?.counts?.captured, 150);
    assert.match(stopped?.why ?? '', /\d+ of 150 captured packets are missing from the savefile: was the disk full\?/);
  });
});
