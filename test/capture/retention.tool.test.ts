import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Capture } from '../../src/capture/capture.ts';
import { openEngine } from '../../src/capture/engine.ts';
import type { RetentionConfig } from '../../src/config.ts';
import { auditOf, errorsInto, openSensor, type Sensor, unsettled } from './sensor.ts';
import { fillShelf, inRegistry } from './shelf.ts';

const day = 86_400_000;
const ninetyDays: RetentionConfig = { finished: 90 * day, keepFree: null };
/** More than any disk has: what may go, goes. */
const allFree: RetentionConfig = { finished: null, keepFree: Number.MAX_SAFE_INTEGER };

let sensor: Sensor;
afterEach(() => sensor.close());

const isThere = ({ path }: Capture) => existsSync(path);
const deletions = () => auditOf(sensor).filter(({ verb }) => verb === 'delete');
const told = () => deletions().map(({ outcome, capture }) => `${capture} ${outcome}`);

/** A sensor with savefiles of which the first ended so many days ago. */
async function shelf(retention: RetentionConfig | null, count: number, daysAgo: number): Promise<Capture[]> {
  sensor = openSensor({ retention });
  return fillShelf(sensor, count, daysAgo);
}

describe('retention', () => {
  test('deletes nothing that the configuration does not say', async () => {
    const captures = await shelf(null, 2, 1_000);
    assert.deepEqual(await sensor.engine.retain(), { deleted: [], left: [] });
    assert.ok(captures.every(isThere));
    assert.deepEqual(deletions(), []);
  });

  test('leaves what is still to be joined, until it is', async () => {
    const [part] = await shelf(ninetyDays, 1, 91);
    assert.ok(part);
    inRegistry(
      sensor,
      `INSERT INTO joins VALUES (1, 'complete', 'nobody', NULL, NULL); UPDATE captures SET part_of = 1`,
    );
    assert.deepEqual((await sensor.engine.retain()).deleted, []);
    assert.ok(isThere(part));
    inRegistry(sensor, `UPDATE joins SET state = 'ended'`);
    assert.equal((await sensor.engine.retain()).deleted.length, 1);
  });

  test('deletes savefiles that ended longer ago, with their sidecars; the registry says when and why', async () => {
    const [old, young] = await shelf(ninetyDays, 2, 91);
    assert.ok(old && young);
    inRegistry(sensor, `UPDATE captures SET ended_at = ${Date.now() - 89 * day} WHERE number = ${young.id.slice(1)}`);
    const { deleted, left } = await sensor.engine.retain();
    assert.deepEqual([deleted.map(({ capture }) => capture), left], [[old.id], []]);
    assert.deepEqual([isThere(old), existsSync(`${old.path}.json`), isThere(young)], [false, false, true]);
    assert.equal(sensor.engine.peek(old.id)?.state, 'finished', 'its row stays');
    const deletion = sensor.engine.deletion(old.id);
    assert.match(deletion?.why ?? '', /^it ended more than 90d ago \(retention\.finished\)$/);
    assert.ok(Math.abs((deletion?.at ?? 0) - Date.now()) < 60_000);
    assert.equal(sensor.engine.deletion(young.id), undefined);
    assert.deepEqual((await sensor.engine.day(0, Date.now() + day)).deleted, [old.id]);
  });

  test('writes each deletion to the audit log before and after it, with size and digest', async () => {
    const [old] = await shelf(ninetyDays, 1, 91);
    await sensor.engine.retain();
    assert.deepEqual(told(), [`${old?.id} asked`, `${old?.id} done`]);
    for (const { detail } of deletions()) {
      assert.ok(
        detail?.includes(`${old?.savefile}, ${old?.bytes} bytes, SHA-256 ${old?.sha256}: it ended`),
        detail ?? '',
      );
    }
  });

  test('a second pass does nothing', async () => {
    await shelf(ninetyDays, 2, 91);
    await sensor.engine.retain();
    const before = told();
    assert.deepEqual(await sensor.engine.retain(), { deleted: [], left: [] });
    assert.deepEqual(told(), before);
  });

  test('two passes at once delete each savefile once', async () => {
    const captures = await shelf(ninetyDays, 4, 91);
    await Promise.all([sensor.engine.retain(), sensor.engine.retain()]);
    assert.deepEqual(
      told(),
      captures.flatMap(({ id }) => [`${id} asked`, `${id} done`]),
    );
  });

  test('makes room with the oldest first, and never with one that runs', async () => {
    const captures = await shelf(allFree, 3, 2);
    const { capture: running } = await sensor.engine.start(
      { description: 'runs', expression: 'udp port 40409' },
      sensor.grant,
    );
    const { deleted } = await sensor.engine.retain();
    assert.deepEqual(
      deleted.map(({ capture }) => capture),
      captures.map(({ id }) => id),
    );
    assert.ok(existsSync(running.path));
    assert.match(
      sensor.engine.deletion(captures[0]?.id ?? '')?.why ?? '',
      /^it was the oldest, and .* were free \(retention\.keepFree\)$/,
    );
  });

  test('stops as soon as there is room', async () => {
    const [first, second] = await shelf(allFree, 2, 2);
    const { bavail, bsize } = await statfs(sensor.captures);
    await sensor.close();
    assert.ok(first && second);
    const captures = await shelf({ finished: null, keepFree: Math.floor((bavail * bsize) / 2) }, 2, 2);
    await sensor.engine.retain();
    assert.ok(captures.every(isThere));
  });

  const troubles: readonly [title: string, trouble: (capture: Capture) => void, why: RegExp][] = [
    ['was changed', ({ path }) => appendFileSync(path, 'x'), /it was changed: SHA-256 /],
    ['is gone', ({ path }) => rmSync(path), /it is gone/],
    [
      'is a link now',
      ({ path }) => {
        renameSync(path, `${path}.elsewhere`);
        symlinkSync(`${path}.elsewhere`, path);
      },
      /ELOOP/,
    ],
    [
      'is a directory now',
      ({ path }) => {
        rmSync(path);
        mkdirSync(path);
      },
      /not a plain file/,
    ],
    [
      'has no digest',
      ({ id }) => inRegistry(sensor, `UPDATE captures SET sha256 = NULL WHERE number = ${id.slice(1)}`),
      /no digest/,
    ],
    [
      'has a name that leads elsewhere',
      ({ id }) => inRegistry(sensor, `UPDATE captures SET savefile = '../kept.pcap' WHERE number = ${id.slice(1)}`),
      /none of ours/,
    ],
  ];
  for (const [title, trouble, why] of troubles) {
    test(`leaves one that ${title}, and says so once`, async () => {
      const [odd, other] = await shelf(ninetyDays, 2, 91);
      assert.ok(odd && other);
      writeFileSync(join(sensor.directory, 'kept.pcap'), 'x');
      trouble(odd);
      const files = readdirSync(sensor.captures).filter((name) => !name.startsWith(other.savefile));
      const { deleted, left } = await sensor.engine.retain();
      assert.deepEqual(
        deleted.map(({ capture }) => capture),
        [other.id],
      );
      assert.match(left[0]?.why ?? '', why);
      assert.deepEqual(readdirSync(sensor.captures), files, 'nothing else is touched');
      assert.ok(existsSync(join(sensor.directory, 'kept.pcap')));
      assert.equal((await sensor.engine.retain()).left.length, 0);
      assert.deepEqual(
        told().filter((line) => line.startsWith(`${odd.id} `)),
        [`${odd.id} noted`],
      );
    });
  }

  test('looks again at one that was changed back', async () => {
    const [odd] = await shelf(ninetyDays, 1, 91);
    assert.ok(odd);
    renameSync(odd.path, `${odd.path}.away`);
    await sensor.engine.retain();
    renameSync(`${odd.path}.away`, odd.path);
    await sensor.engine.retain();
    assert.deepEqual(told(), [`${odd.id} noted`, `${odd.id} asked`, `${odd.id} done`]);
  });

  test('does not make room with a file that has another name, too: that would free nothing', async () => {
    const captures = await shelf(allFree, 1, 2);
    const [only] = captures;
    assert.ok(only);
    linkSync(only.path, join(sensor.directory, 'copy.pcap'));
    await sensor.engine.retain();
    assert.ok(existsSync(join(sensor.directory, 'copy.pcap')));
  });

  test('what it deleted, verify passes over and get tells', async () => {
    const [old, young] = await shelf(ninetyDays, 2, 91);
    assert.ok(old && young);
    inRegistry(sensor, `UPDATE captures SET ended_at = ${Date.now()} WHERE number = ${young.id.slice(1)}`);
    await sensor.engine.retain();
    const steps = await Array.fromAsync(
      sensor.engine.verify({ selector: null, hash: false }, sensor.grant, new AbortController().signal),
    );
    assert.deepEqual(
      steps.flatMap((step) => (step.step === 'verified' ? [step.verified.held.capture] : [])),
      [young.id],
    );
    const message = new RegExp(`^the savefile of ${old.id} was deleted at .* UTC: it ended more than 90d ago`);
    await assert.rejects(sensor.engine.get(old.id, sensor.grant), { code: 'conflict', message });
  });
});

describe('savefiles from before a reboot', () => {
  test('are verified, fetched and deleted like any other, but never while their capture goes on', async () => {
    const [capture] = await shelf(ninetyDays, 1, 91);
    assert.ok(capture);
    const earlier = capture.savefile.replace('_kept_', '_kept.before_');
    const path = join(sensor.captures, earlier);
    copyFileSync(capture.path, path);
    const number = capture.id.slice(1);
    inRegistry(
      sensor,
      `INSERT INTO earlier (capture, savefile, ended_at, why, bytes, packets, sha256)
         SELECT number, '${earlier}', ended_at - 1, 'the sensor was started again', bytes, packets, sha256 FROM captures WHERE number = ${number};
       UPDATE captures SET keep = 1 WHERE number = ${number}`,
    );
    const [first, second] = (await sensor.engine.get(capture.id, sensor.grant)).savefiles;
    assert.deepEqual([first?.held.savefile, second?.held.savefile], [earlier, capture.savefile]);
    inRegistry(
      sensor,
      `UPDATE captures SET state = 'running', ended_at = NULL, tcpdump = NULL WHERE number = ${number}`,
    );
    const other = openEngine({ config: sensor.config, log: errorsInto([]), now: Date.now });
    await other.retain();
    assert.ok(existsSync(path), 'its capture goes on');
    inRegistry(sensor, `UPDATE captures SET state = 'died', ended_at = ${capture.endedAt} WHERE number = ${number}`);
    const { deleted } = await other.retain();
    await other.close();
    assert.deepEqual(deleted.map(({ savefile }) => savefile).toSorted(), [earlier, capture.savefile].toSorted());
    assert.deepEqual(readdirSync(sensor.captures), []);
  });
});

test('killed at any instant, retention loses track of no savefile', async (context) => {
  const captures = await shelf(ninetyDays, 40, 91);
  const file = join(sensor.directory, 'config.json');
  writeFileSync(file, JSON.stringify(sensor.config));
  let rounds = 0;
  for (const seed = { at: 7 }; captures.some(isThere); rounds += 1) {
    seed.at = (seed.at * 16_807) % 2_147_483_647;
    const before = sensor.engine.head().seq;
    const child = spawn(process.execPath, [join(import.meta.dirname, 'retainer.ts'), file], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const ended = new Promise((resolve) => child.once('close', resolve));
    // At an entry of its audit log, or a moment after one: where that is does not depend on how fast this machine is.
    for (let more = 1 + (seed.at % 4); sensor.engine.head().seq < before + more && child.exitCode === null; )
      await pause(0);
    await pause((seed.at >> 4) % 4);
    child.kill('SIGKILL');
    await ended;
    const entries = deletions();
    for (const capture of captures) {
      const asked = entries.some((entry) => entry.capture === capture.id && entry.outcome === 'asked');
      assert.ok(isThere(capture) || asked, `${capture.id} is gone, and nobody said that it was to be`);
      assert.ok(
        !isThere(capture) || sensor.engine.deletion(capture.id) === undefined,
        `${capture.id} is there and told as deleted`,
      );
    }
  }
  await sensor.engine.reconcile();
  await sensor.engine.retain();
  await sensor.engine.reconcile();
  const count = (sought: string) => deletions().filter(({ outcome }) => outcome === sought).length;
  context.diagnostic(
    `${rounds} kills, ${count('unknown')} in the middle of a deletion, ${count('noted')} of them after the file was gone`,
  );
  assert.deepEqual(unsettled(sensor), []);
  for (const capture of captures) {
    assert.ok(sensor.engine.deletion(capture.id), `${capture.id} has its deletion in the registry`);
    const outcomes = deletions()
      .filter((entry) => entry.capture === capture.id)
      .map(({ outcome }) => outcome);
    assert.equal(
      outcomes.filter((outcome) => outcome === 'done' || outcome === 'noted').length,
      1,
      `${capture.id}: ${outcomes}`,
    );
  }
  const left = readdirSync(sensor.captures);
  assert.deepEqual(left, [], 'no file and no sidecar is left behind');
});
