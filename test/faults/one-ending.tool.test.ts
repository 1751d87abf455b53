import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import Database from 'better-sqlite3';
import { tokenOf } from '../../src/capture/process.ts';
import { auditOf, openSensor, type Sensor, searched, tcpdumpsOf } from '../capture/sensor.ts';
import { until } from '../capture/wait.ts';
import { writeRingFile } from '../cli/shell.ts';

const expression = 'dst host 127.77.2.6 and udp port 9';
const gone = '1/gone/0';
const earlierBoot = '00000000-0000-0000-0000-000000000000';

/** Has several processes of the product do the same at the same instant; resolves when all are done. */
async function atOnce({ directory }: Sensor, processes: number, ...what: string[]): Promise<void> {
  const program = join(import.meta.dirname, 'at-once-process.ts');
  const all = Array.from({ length: processes }, () =>
    spawn(process.execPath, [program, directory, ...what], { stdio: ['pipe', 'pipe', 'inherit'] }),
  );
  await Promise.all(all.map(({ stdout }) => once(stdout, 'data')));
  const ended = Promise.all(all.map((one) => once(one, 'exit')));
  for (const { stdin } of all) stdin.end('now\n');
  assert.deepEqual(await ended, Array(processes).fill([0, null]));
}

function inRegistry({ config }: Sensor, sql: string, ...values: (string | number)[]): void {
  const registry = new Database(join(config.state, 'registry.sqlite'));
  registry.prepare(sql).run(...values);
  registry.close();
}

async function killTcpdumps({ directory }: Sensor): Promise<void> {
  const pids = tcpdumpsOf(directory);
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  await until('every tcpdump to be gone', () => pids.every((pid) => tokenOf(pid) === undefined));
}

/** What verify finds of every savefile and its sidecar. */
async function findings({ engine, grant }: Sensor): Promise<string[]> {
  const order = { selector: null, hash: false };
  const steps = await Array.fromAsync(engine.verify(order, grant, new AbortController().signal));
  return steps.flatMap((step) =>
    step.step === 'verified' ? [`${step.verified.finding.finding} ${step.verified.sidecar?.sidecar}`] : [],
  );
}

function sidecarOf(path: string): { endedAt: string; why: string; state: string } {
  return JSON.parse(readFileSync(`${path}.json`, 'utf8'));
}

describe('an ending', () => {
  test('that several processes see at once is told by one, and its sidecar says what the registry says', async (t) => {
    const sensor = openSensor();
    t.after(() => sensor.close());
    for (let begun = 0; begun < 6; begun += 1)
      await sensor.engine.start({ description: 'x', expression }, sensor.grant);
    await killTcpdumps(sensor);
    await atOnce(sensor, 4, 'reconcile');
    await sensor.engine.reconcile();
    assert.deepEqual(await findings(sensor), Array(6).fill('holds holds'));
    assert.equal(auditOf(sensor).filter(({ verb }) => verb === 'died').length, 6);
  });

  test('of a savefile of before a reboot is sealed by one of them, which starts the further one', async (t) => {
    const sensor = openSensor();
    t.after(() => sensor.close());
    for (let begun = 0; begun < 4; begun += 1)
      await sensor.engine.start({ description: 'x', expression, keep: true }, sensor.grant);
    await killTcpdumps(sensor);
    inRegistry(sensor, `UPDATE captures SET tcpdump = '1/${earlierBoot}/1', boot = '${earlierBoot}'`);
    await atOnce(sensor, 4, 'reconcile');
    await sensor.engine.reconcile();
    assert.deepEqual(await findings(sensor), Array(4).fill('holds holds'));
    const captures = await sensor.engine.list({ all: true }, sensor.grant);
    assert.deepEqual(
      captures.map(({ state, earlier }) => `${state} ${earlier.length}`),
      Array(4).fill('running 1'),
    );
    assert.equal(tcpdumpsOf(sensor.directory).length, 4);
    assert.equal(auditOf(sensor).filter(({ detail }) => detail?.startsWith('started again')).length, 4);
  });

  test('whose teller was killed before it had read the savefile is told by the next, of the same moment and reason', async (t) => {
    const sensor = openSensor();
    t.after(() => sensor.close());
    const { capture } = await sensor.engine.start({ description: 'x', expression }, sensor.grant);
    await killTcpdumps(sensor);
    const at = capture.startedAt + 1;
    const claim = `UPDATE captures SET state = 'stopping', ending = 'died', ending_at = ?, why = 'as claimed', owner = ?`;
    inRegistry(sensor, claim, at, gone);
    await sensor.engine.reconcile();
    const told = sensor.engine.peek(capture.id);
    assert.deepEqual([told?.state, told?.endedAt], ['died', at]);
    assert.match(told?.why ?? '', /^as claimed; tcpdump gave no closing counts/);
    assert.equal(sidecarOf(capture.path).endedAt, new Date(at).toISOString());
    assert.deepEqual(await findings(sensor), ['holds holds']);
    assert.equal(auditOf(sensor).filter(({ verb }) => verb === 'died').length, 1);
  });

  test('of a search whose process was killed before it had read the savefile is as it was, not a death', async (t) => {
    const sensor = openSensor();
    t.after(() => sensor.close());
    writeRingFile(sensor.ring, 1_795_399_800, { count: 10, port: 4_444 });
    const { capture } = (await searched(sensor, {})).at(-1) ?? {};
    assert.ok(capture);
    const at = capture.startedAt + 1;
    rmSync(`${capture.path}.json`);
    const claim = `UPDATE captures SET state = 'running', ended_at = NULL, ending = 'finished', ending_at = ?, owner = ?`;
    inRegistry(sensor, claim, at, gone);
    await sensor.engine.reconcile();
    assert.partialDeepStrictEqual(sensor.engine.peek(capture.id), { state: 'finished', endedAt: at, why: capture.why });
    assert.deepEqual(await findings(sensor), ['holds holds']);
  });
});

describe('a deadline', () => {
  test('that several processes move at once is moved by all that they were told was done', async (t) => {
    const sensor = openSensor();
    t.after(() => sensor.close());
    const { capture } = await sensor.engine.start({ description: 'x', expression, duration: 3_600_000 }, sensor.grant);
    await atOnce(sensor, 3, 'extend', capture.id, '30');
    const { deadline } = sensor.engine.peek(capture.id)?.limits ?? {};
    assert.equal(deadline, (capture.limits.deadline ?? 0) + 3 * 30 * 1_000);
    assert.equal(auditOf(sensor).filter(({ verb, outcome }) => verb === 'extend' && outcome === 'done').length, 90);
  });
});
