import assert from 'node:assert/strict';
import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { execa } from 'execa';
import { type History, type HistoryOptions, writeHistory } from '../../sandbox/ring/history.ts';
import type { Capture, SearchProgress } from '../../src/capture/capture.ts';
import type { SearchOrder } from '../../src/capture/orders.ts';
import { expandForVlan, missesTags } from '../../src/capture/vlan.ts';
import { recordsOf, selectedBy, timesOf, within } from './reference.ts';
import { auditOf, openSensor, type Sensor, searched, unsettled } from './sensor.ts';

const day = { from: new Date('2026-03-01T00:00:00Z'), to: new Date('2026-03-02T00:00:00Z') };
const blemishes = { newestCut: true, olderCut: true, empty: true, hole: true };
const expressions = [
  'everything',
  'host 192.0.2.7',
  'host 192.0.2.7 or (vlan and host 192.0.2.7) or (vlan and host 192.0.2.7)',
  'udp port 4444',
  'port (domain or 443) and not host 192.0.2.53',
  'tcp[tcpflags] & (tcp-syn|tcp-fin) != 0',
  'tcp[((tcp[12:1] & 0xf0) >> 2):4] = 0x47455420',
  'ip6',
  'arp or icmp or icmp6',
  'greater 1000 and vlan',
  'host 198.51.100.254',
];

let sensor: Sensor;
let history: History;
let clock = 0;
/** A clock by which every chunk is worth a step. */
const busy = () => {
  clock += 1_000;
  return clock;
};
const write = (options: Partial<HistoryOptions>) =>
  writeHistory({ directory: sensor.ring, ...day, files: 8, bytesPerFile: 900_000, seed: 1, ...options });
const paths = () => history.files.map(({ path }) => path);

before(async () => {
  clock = Date.UTC(2026, 10, 24);
  sensor = openSensor({}, busy);
  history = await write({ blemishes });
});
after(() => sensor.close());

async function ended(order: Partial<SearchOrder>): Promise<Capture> {
  const last = (await searched(sensor, order)).at(-1);
  assert.equal(last?.step, 'ended');
  return last.capture;
}

describe('a search of a day of history', () => {
  for (const expression of expressions) {
    test(`for ${expression} gives record for record what tcpdump -r selects from file after file`, async () => {
      for (const exact of [true, false]) {
        const capture = await ended({ expression, exact });
        assert.equal(capture.expanded, exact || !missesTags(expression) ? null : expandForVlan(expression));
        const expected = await selectedBy(capture.expanded ?? expression, paths());
        assert.ok(recordsOf(capture.path).equals(expected));
        assert.equal(capture.packets, timesOf(expected).length);
      }
    });
  }

  test('does so for other days', async () => {
    for (const seed of [2, 3]) {
      const other = openSensor({}, busy);
      const { files } = await writeHistory({
        directory: other.ring,
        ...day,
        files: 6,
        bytesPerFile: 300_000,
        seed,
        blemishes,
      });
      for (const expression of ['everything', 'udp']) {
        const capture = (await searched(other, { expression, exact: true })).at(-1)?.capture;
        const expected = await selectedBy(
          expression,
          files.map(({ path }) => path),
        );
        assert.ok(recordsOf(capture?.path ?? '').equals(expected), `${seed}: ${expression}`);
      }
      await other.close();
    }
  });

  test('says of every ring file what became of it, in time order, and which time it covered', async () => {
    const capture = await ended({ expression: 'host 192.0.2.7' });
    const lines = sensor.engine.coverage(capture.id);
    const newest = history.files.at(-1);
    assert.deepEqual(
      lines.map(({ file, outcome, from, to, packets }) => ({ file, outcome, from, to, packets })),
      history.files.map((file) => ({
        file: file.name,
        outcome: file.state === 'whole' || file === newest ? 'searched' : file.state,
        from: file.state === 'empty' ? null : file.first,
        to: file.state === 'empty' ? null : file.last,
        packets: file.concerns.shop + file.concerns['tagged shop'],
      })),
    );
    assert.deepEqual(capture.coverage, { searched: 7, cut: 1, empty: 1 });
    assert.match(lines.at(-1)?.detail ?? '', /still being written/);
    assert.match(lines.find(({ outcome }) => outcome === 'cut')?.detail ?? '', /at offset \d+, is not whole/);
  });

  test('tells its progress: planned first, ended last, nothing ever falls', async () => {
    const steps = await searched(sensor, { expression: 'udp' });
    assert.equal(steps[0]?.step, 'planned');
    assert.equal(steps.at(-1)?.step, 'ended');
    assert.equal(steps.filter(({ step }) => step === 'planned' || step === 'ended').length, 2);
    const progress = steps.flatMap((step) => (step.step === 'reached' ? [step.progress] : []));
    assert.ok(progress.length >= 8, `${progress.length} steps for eight files`);
    for (const key of ['filesDone', 'bytesDone', 'reached', 'packets'] as const) assertNeverFalls(progress, key);
    const bytes = history.files.reduce((sum, file) => sum + file.bytes, 0);
    const ended = steps.at(-1)?.capture;
    assert.deepEqual(progress.at(-1), {
      ...{ filesDone: 8, filesTotal: 8, bytesDone: bytes, bytesTotal: bytes },
      ...{ reached: history.files.at(-1)?.state === 'cut' && lastOf(history), packets: ended?.packets },
    });
    assert.deepEqual(ended?.progress, progress.at(-1));
    const troubled = steps.flatMap((step) => (step.step === 'troubled' ? [step.file.outcome] : []));
    assert.deepEqual(troubled, ['cut']);
  });

  test('can be read under its final name from the first step on: whole packets, more and more', async () => {
    const engine = sensor.engine;
    const order = { description: 'read along', expression: 'everything', window: { since: null, until: null } };
    let packets = 0;
    let steps = 0;
    const names = new Set<string>();
    for await (const { step, capture } of engine.search(order, sensor.grant, new AbortController().signal)) {
      const final = join(sensor.captures, capture.savefile);
      assert.equal(lstatSync(final).isSymbolicLink(), step !== 'ended');
      const inside = readdirSync(sensor.captures).filter((name) => name.includes('read.along'));
      if (step === 'ended') assert.deepEqual(inside.sort(), [capture.savefile, `${capture.savefile}.json`]);
      else {
        const processing = inside.find((name) => name !== capture.savefile);
        assert.deepEqual(inside.length, 2);
        assert.match(
          processing ?? '',
          new RegExp(`^grant\\.processing\\.${process.pid}\\.\\d+_read\\.along_.*_\\.past\\.pcap$`),
        );
        names.add(processing ?? '');
      }
      steps += 1;
      if (steps % 4 !== 1 && step !== 'ended') continue;
      const { stdout, stderr, exitCode } = await execa('tcpdump', ['-nn', '-r', final, '--count'], { reject: false });
      assert.equal(exitCode, 0, stderr);
      const seen = Number(/^(\d+) packet/m.exec(stdout)?.[1]);
      assert.ok(seen >= packets, `${seen} after ${packets}`);
      packets = seen;
    }
    assert.equal(packets, history.packets);
    assert.ok(names.size > 3, 'the name says how far it is');
  });

  test('leaves a sealed savefile with facts, digest and sidecar', async () => {
    const capture = await ended({ expression: 'udp', case: 'INC-7' });
    assert.partialDeepStrictEqual(capture, {
      ...{ kind: 'past', state: 'finished', why: 'searched to its end', ring: 'dmz', interface: 'lo', case: 'INC-7' },
      ...{ counts: null, window: { since: null, until: null } },
    });
    assert.equal(statSync(capture.path).mode & 0o777, 0o640);
    assert.equal((await execa('sha256sum', [capture.path])).stdout.slice(0, 64), capture.sha256);
    const sidecar = JSON.parse(readFileSync(`${capture.path}.json`, 'utf8')) as Record<string, unknown>;
    assert.partialDeepStrictEqual(sidecar, { sensor: 'bench-1', sha256: capture.sha256, packets: capture.packets });
    const done = auditOf(sensor).findLast(({ verb, outcome }) => verb === 'search' && outcome === 'done');
    assert.equal(done?.capture, capture.id);
    assert.deepEqual(unsettled(sensor), []);
  });
});

describe("a search's window", () => {
  test('holds exactly what is in it, to the microsecond: from its beginning on, up to before its end', async () => {
    const all = await selectedBy('everything', paths());
    const times = timesOf(all);
    const at = (share: number) => times[Math.floor(times.length * share)] ?? 0;
    for (const [since, until] of [
      [at(0.3), at(0.6)],
      [at(0.3) + 1, at(0.6) + 1],
      [at(0.5), at(0.5) + 1],
      [at(0), at(0) + 1],
      [times.at(-1) ?? 0, Number.MAX_SAFE_INTEGER],
    ] as const) {
      const capture = await ended({ window: { since, until } });
      const expected = within(all, since, until);
      assert.ok(recordsOf(capture.path).equals(expected), `${since} to ${until}`);
      assert.ok((capture.packets ?? 0) > 0);
    }
    const open = await ended({ window: { since: at(0.8), until: null } });
    assert.equal(open.packets, timesOf(within(all, at(0.8), Number.POSITIVE_INFINITY)).length);
  });

  test('where nothing was leaves an empty savefile that is valid, and says what was looked through', async () => {
    const hole = history.holes[0];
    assert.ok(hole);
    const nothing = [
      { since: hole.from + 1, until: hole.to },
      { since: 0, until: 1 },
      { since: Date.UTC(2027, 0, 1) * 1_000, until: null },
    ];
    for (const window of nothing) {
      const capture = await ended({ window });
      assert.equal(capture.packets, 0);
      assert.equal(statSync(capture.path).size, 24);
      assert.equal((await execa('tcpdump', ['-r', capture.path])).stdout, '');
      assert.equal(sensor.engine.coverage(capture.id).length, history.files.length);
    }
  });

  test('that ends with an older, cut file does not take that for one still being written', async () => {
    const cut = history.files.find((file, at) => file.state === 'cut' && at < history.files.length - 1);
    assert.ok(cut?.state === 'cut');
    const capture = await ended({ window: { since: cut.first, until: cut.last + 1 } });
    const line = sensor.engine.coverage(capture.id).find(({ file }) => file === cut.name);
    assert.equal(line?.outcome, 'cut');
  });
});

function assertNeverFalls(progress: readonly SearchProgress[], key: 'filesDone' | 'bytesDone' | 'reached' | 'packets') {
  for (const [at, { [key]: now }] of progress.entries()) {
    const before = progress[at - 1]?.[key] ?? null;
    assert.ok(before === null || (now !== null && now >= before), `${key}: ${before} then ${now}`);
  }
}

function lastOf({ files }: History): number | undefined {
  const newest = files.at(-1);
  return newest?.state === 'empty' ? undefined : newest?.last;
}
