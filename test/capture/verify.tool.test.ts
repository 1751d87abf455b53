import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import Database from 'better-sqlite3';
import type { Capture } from '../../src/capture/capture.ts';
import type { Verified, VerifyStep } from '../../src/capture/evidence.ts';
import { writeRingFile } from '../cli/shell.ts';
import { auditOf, openSensor, type Sensor, searched } from './sensor.ts';

let sensor: Sensor;
let capture: Capture;
let kept: Buffer;

before(() => {
  sensor = openSensor();
  writeRingFile(sensor.ring, 1_795_399_800, { count: 10, port: 4_444 });
});

after(() => sensor.close());

beforeEach(async () => {
  const last = (await searched(sensor, { description: 'beacon' })).at(-1);
  assert.ok(last);
  capture = last.capture;
  kept = readFileSync(capture.path);
});

function verify(selector: string | null, hash = false, actor = sensor.grant): Promise<VerifyStep[]> {
  return Array.fromAsync(sensor.engine.verify({ selector, hash }, actor, new AbortController().signal));
}

async function verified(hash = false): Promise<Verified> {
  const steps = await verify(capture.id, hash);
  const one = steps.find(({ step }) => step === 'verified');
  assert.ok(one?.step === 'verified');
  return one.verified;
}

function inRegistry(sql: string): void {
  const database = new Database(join(sensor.config.state, 'registry.sqlite'));
  database.exec(sql);
  database.close();
}

function lastOutcome(of = 'verify'): string {
  const { outcome, detail } = auditOf(sensor).findLast(({ verb }) => verb === of) ?? {};
  return `${outcome}: ${detail}`;
}

describe('verify', () => {
  test('says of an untouched savefile that it holds, and its sidecar, too', async () => {
    const { finding, sidecar } = await verified();
    assert.deepEqual([finding, sidecar], [{ finding: 'holds' }, { sidecar: 'holds' }]);
    assert.equal(lastOutcome(), 'done: 1 holds');
  });

  test('says of one with a changed byte what digest and size are now', async () => {
    const changed = Buffer.from(kept);
    changed.writeUInt8(changed.readUInt8(50) ^ 1, 50);
    writeFileSync(capture.path, changed);
    const { finding, held } = await verified();
    const [now] = execFileSync('sha256sum', ['--', capture.path], { encoding: 'utf8' }).split(' ');
    assert.deepEqual(finding, { finding: 'changed', sha256: now, bytes: kept.length });
    assert.equal(held.sha256, capture.sha256);
    assert.equal(lastOutcome(), `done: 1 changed: ${capture.id} changed`);
  });

  const changes: readonly [title: string, change: () => void, finding: string][] = [
    ['that grew', () => appendFileSync(capture.path, 'x'), 'changed'],
    ['that was cut', () => truncateSync(capture.path, 30), 'changed'],
    ['that is gone', () => rmSync(capture.path), 'vanished'],
    [
      'that is a link now, even to the same bytes',
      () => {
        renameSync(capture.path, `${capture.path}.elsewhere`);
        symlinkSync(`${capture.path}.elsewhere`, capture.path);
      },
      'unreadable',
    ],
    [
      'that is a pipe now, and keeps nobody waiting',
      () => {
        rmSync(capture.path);
        execFileSync('mkfifo', [capture.path]);
      },
      'unreadable',
    ],
    [
      'without a digest',
      () => inRegistry(`UPDATE captures SET sha256 = NULL WHERE number = ${capture.id.slice(1)}`),
      'no digest',
    ],
  ];
  for (const [title, change, finding] of changes) {
    test(`finds one ${title}: ${finding}`, async () => {
      change();
      assert.equal((await verified()).finding.finding, finding);
    });
  }

  test('makes digests where there are none, when told to, and says in the audit log that they are late', async () => {
    inRegistry(`UPDATE captures SET sha256 = NULL WHERE number = ${capture.id.slice(1)}`);
    const { finding, sidecar } = await verified(true);
    assert.deepEqual(finding, { finding: 'hashed', sha256: capture.sha256, bytes: kept.length });
    assert.deepEqual(sidecar, { sidecar: 'holds' });
    assert.equal((await verified(true)).finding.finding, 'holds');
    const late = auditOf(sensor).filter(({ verb, capture: id }) => verb === 'hash' && id === capture.id);
    assert.equal(late.length, 1);
    assert.match(
      late[0]?.detail ?? '',
      new RegExp(`^SHA-256 ${capture.sha256} of ${kept.length} bytes, made .*, not when the capture ended$`),
    );
  });

  const sidecars: readonly [title: string, change: (path: string) => void, finding: string][] = [
    ['that is gone', (path) => rmSync(path), 'missing'],
    [
      'with another analyst',
      (path) => writeFileSync(path, readFileSync(path, 'utf8').replace('"grant"', '"will"')),
      'differs',
    ],
    [
      'with another digest',
      (path) => writeFileSync(path, readFileSync(path, 'utf8').replace(capture.sha256 ?? '', 'ab'.repeat(32))),
      'differs',
    ],
    ['that is none', (path) => writeFileSync(path, '{'), 'unreadable'],
    ['of another shape', (path) => writeFileSync(path, 'null'), 'differs'],
  ];
  for (const [title, change, found] of sidecars) {
    test(`finds a sidecar ${title}: ${found}`, async () => {
      change(`${capture.path}.json`);
      const { finding, sidecar } = await verified();
      assert.deepEqual([finding.finding, sidecar?.sidecar], ['holds', found]);
    });
  }

  test('goes through all that are complete, once each, and counts them', async () => {
    const steps = await verify(null);
    const ids = steps.flatMap((step) => (step.step === 'verified' ? [step.verified.held.capture] : []));
    assert.deepEqual(
      ids,
      [...new Set(ids)].toSorted((one, other) => Number(one.slice(1)) - Number(other.slice(1))),
    );
    const last = steps.at(-1);
    assert.ok(last?.step === 'ended');
    assert.equal(
      Object.values(last.tally.findings).reduce((sum, each) => sum + each),
      ids.length,
    );
    assert.equal(last.tally.sound, false);
  });

  test('takes a word as list does', async () => {
    const ids = async (word: string) => (await verify(word)).filter(({ step }) => step === 'verified').length;
    assert.equal(await ids('BEACON'), await ids('grant'));
    await assert.rejects(verify('nowhere'), { code: 'not_found' });
    await assert.rejects(verify('c999'), { code: 'not_found' });
  });

  test('says of one that runs that it is not complete yet', async () => {
    const { capture: running } = await sensor.engine.start(
      { description: 'runs', expression: 'udp port 40408' },
      sensor.grant,
    );
    await assert.rejects(verify(running.id), { code: 'conflict', message: /c\d+ is running/ });
    await sensor.engine.stop(running.id, sensor.grant);
    assert.equal((await verify(running.id)).at(-1)?.step, 'ended');
  });

  test('is not for viewers, and that they asked is in the audit log', async () => {
    await assert.rejects(verify(null, false, sensor.mona), { code: 'not_allowed' });
    assert.match(lastOutcome(), /^refused: mona is a viewer/);
  });

  test('that is broken off is settled as such', async () => {
    const interrupted = new AbortController();
    interrupted.abort(new Error('it was interrupted'));
    const steps = sensor.engine.verify({ selector: capture.id, hash: false }, sensor.grant, interrupted.signal);
    await assert.rejects(Array.fromAsync(steps), { message: 'it was interrupted' });
    assert.equal(lastOutcome(), 'failed: it was interrupted');
    for await (const step of sensor.engine.verify(
      { selector: null, hash: false },
      sensor.grant,
      new AbortController().signal,
    )) {
      if (step.step === 'verified') break;
    }
    assert.equal(lastOutcome(), 'failed: it was broken off');
  });
});

describe('get', () => {
  test('says where a savefile is, how large, and its digest', async () => {
    const {
      savefiles: [one, ...more],
      vanished,
    } = await sensor.engine.get(capture.id, sensor.will);
    assert.ok(one);
    const { held, login, sidecar, warnings } = one;
    assert.deepEqual([held.path, held.bytes, held.sha256], [capture.path, kept.length, capture.sha256]);
    assert.deepEqual([login, sidecar, warnings, more, vanished], ['will', `${capture.path}.json`, [], [], []]);
  });

  test('names the login of an analyst who asks in Slack', async () => {
    const origin = { door: 'slack', team: 'T1', user: 'U2', channel: 'C1' } as const;
    const { savefiles } = await sensor.engine.get(capture.id, { ...sensor.will, origin });
    assert.equal(savefiles[0]?.login, 'will');
  });

  test('warns of one that is not what its digest was made of, by its size', async () => {
    appendFileSync(capture.path, 'x');
    const { savefiles } = await sensor.engine.get(capture.id, sensor.will);
    assert.match(savefiles[0]?.warnings[0] ?? '', /capture verify c\d+/);
  });

  test('fetches nothing of a savefile that is gone: it says where it was, and that capture did not delete it', async () => {
    rmSync(capture.path);
    const message = new RegExp(
      `^a savefile of ${capture.id} is gone, and capture did not delete it: ${capture.path}; `,
    );
    await assert.rejects(sensor.engine.get(capture.id, sensor.will), { code: 'not_found', message });
    assert.match(lastOutcome('get'), /^invalid: a savefile of c\d+ is gone/);
    writeFileSync(capture.path, kept);
  });

  test('is not for viewers, and is in the audit log either way', async () => {
    await assert.rejects(sensor.engine.get(capture.id, sensor.mona), { code: 'not_allowed' });
    await assert.rejects(sensor.engine.get('c999', sensor.will), { code: 'not_found' });
    await sensor.engine.get(capture.id, sensor.will);
    const outcomes = auditOf(sensor).filter(({ verb, outcome }) => verb === 'get' && outcome !== 'asked');
    assert.deepEqual(
      outcomes.slice(-3).map(({ outcome }) => outcome),
      ['refused', 'invalid', 'done'],
    );
    assert.equal(outcomes.at(-1)?.capture, capture.id);
  });
});
