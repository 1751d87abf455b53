import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from '../../src/config.ts';
import { allOf, auditOf, configIn, openSensor, tcpdumpsOf, unsettled } from '../capture/sensor.ts';

const rounds = 14;

test('whoever is killed while a request is approved, at any instant: it is started once, or waits again and can be', async (t) => {
  const { analysts, limits } = configIn('');
  const sensor = openSensor({
    approval: { everything: false, duration: null, size: null, interfaces: ['lo'], for: 3_600_000 },
    analysts: [...analysts, { name: 'lea', role: 'lead', slack: [], login: ['lea'] }],
    limits: { ...limits, perAnalyst: 100 },
  });
  t.after(() => sensor.close());
  const { engine, will, grant } = sensor;
  const ask = async () => {
    const request = await engine.requestApproval(
      { verb: 'start', order: { description: 'by a killed process', expression: 'udp port 42598' } },
      will,
    );
    assert.ok(request);
    return request.id;
  };
  const first = await ask();
  const begun = approving(sensor.config, first);
  await begun.said('ready');
  const from = performance.now();
  await begun.said('started');
  // What a whole approval takes here and now, so that the instants fall all over it.
  const whole = performance.now() - from;
  await begun.ended;
  const states = new Set<string>();
  let seed = 4711;
  for (let round = 0; round < rounds; round += 1) {
    const id = await ask();
    const other = approving(sensor.config, id);
    await other.said('ready');
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    // Not a wait for something: the instants are the test.
    await pause(((round + (seed % 1_000) / 1_000) / rounds) * whole * 1.2);
    other.kill();
    await other.ended;
    await engine.reconcile();
    const state = engine.peekRequest(id)?.state ?? 'gone';
    states.add(state);
    assert.ok(['waiting', 'started', 'failed'].includes(state), state);
    if (state === 'waiting') {
      assert.equal(engine.peekRequest(id)?.capture, null);
      await Array.fromAsync(engine.approve(id, grant, new AbortController().signal));
    }
    const now = engine.peekRequest(id);
    assert.ok(now?.capture, `${id} was started`);
    assert.equal(engine.peek(now.capture)?.approvedBy, now.answeredBy);
    await assert.rejects(Array.fromAsync(engine.approve(id, grant, new AbortController().signal)), {
      code: 'conflict',
    });
  }
  assert.ok(states.has('waiting') && states.has('started'), [...states].join());
  const captures = await allOf(sensor);
  assert.equal(captures.length, rounds + 1, 'one capture for each request');
  assert.equal(tcpdumpsOf(sensor.directory).length, captures.filter(({ state }) => state === 'running').length);
  assert.deepEqual(unsettled(sensor), []);
  // Each was told: asked for, approved, or that its process was gone.
  const approvals = auditOf(sensor).filter(({ verb }) => verb === 'approve');
  assert.ok(
    approvals.some(({ outcome }) => outcome === 'unknown' || outcome === 'noted'),
    'no kill hit an approval',
  );
  assert.deepEqual(sensor.errors, []);
});

function approving(config: Config, id: string) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'approve-process.ts'), JSON.stringify(config), id], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  const lines: string[] = [];
  const words = createInterface({ input: child.stdout });
  words.on('line', (line) => lines.push(line));
  return {
    ended,
    kill: () => void child.kill('SIGKILL'),
    said: async (line: string) => {
      while (!lines.includes(line)) {
        const went = await Promise.race([once(words, 'line').then(() => 'said'), ended.then(() => 'ended')]);
        assert.ok(went === 'said' || lines.includes(line), `it ended without "${line}"`);
      }
    },
  };
}
