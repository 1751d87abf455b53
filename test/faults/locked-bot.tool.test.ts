import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { samplesIn } from '../bot/exposition.ts';
import { formOf, messageIn, openStage, seenIn, shownTo } from '../e2e/stage.ts';
import { freePort } from '../free-port.ts';
import { whileLocked } from './locker.ts';

/** Not waits for something: nobody waits longer for a lock than 5 s, and nobody is to be kept waiting for this long. Milliseconds. */
const longerThanPatience = 6_000;
const soon = 2_000;
const expression = 'dst host 127.77.2.4 and udp port 9';

/** What came of something, and how long it took. */
async function timed<Result>(act: Promise<Result>): Promise<{ readonly result: Result; readonly took: number }> {
  const began = performance.now();
  return { result: await act, took: performance.now() - began };
}

test('a bot whose registry another process keeps locked acknowledges, says so, does nothing, and goes on', async (t) => {
  const port = await freePort();
  const stage = await openStage(t, { metrics: { port } });
  const { workspace, grant, soc } = stage;
  const ask = async (path: string) => (await fetch(`http://127.0.0.1:${port}/${path}`)).text();
  const longestDelay = async () => samplesIn(await ask('metrics')).get('capture_event_loop_delay_max_seconds') ?? NaN;
  await stage.startBot();
  await workspace.until(() => workspace.connections() === 2);
  const types = (line: string) => workspace.as(grant).types(line, soc);
  await types(`/capture start -d before -e "${expression}"`);
  await messageIn(stage, soc, /Capturing · before/);
  await types('/capture start -d "by a form"');
  const form = await formOf(stage, grant);
  const before = stage.auditLog().length;
  const refusals = () =>
    workspace.ephemeralsFor(grant.id).filter(({ text }) => /has been locked .* for 1 s/.test(text));

  await longestDelay();
  await whileLocked(join(stage.directory, 'state', 'registry.sqlite'), async () => {
    const isOver = pause(longerThanPatience);
    workspace.faults.duplicateNext();
    const orders = [
      types(`/capture start -d twice -e "${expression}"`),
      types('/capture stop c1'),
      ...Array.from({ length: 10 }, () => types('/capture list')),
    ];
    const sent = timed(workspace.as(grant).submits(form, { port: '41799' }));
    const said = workspace.as(grant).mentions('list', soc);
    for (const { result, took } of await Promise.all(orders.map(timed))) {
      assert.equal(result.outcome, 'acked');
      assert.ok(took < soon, `acknowledged after ${took} ms`);
    }
    const { result, took } = await sent;
    assert.equal(result.outcome, 'errors');
    assert.ok(took < soon, `the form was answered after ${took} ms`);
    await seenIn(stage, form, /has been locked by another process for 1 s: try again/);
    assert.equal((await said).outcome, 'acked');
    const health = await timed(ask('health'));
    assert.equal(JSON.parse(health.result).ok, true);
    assert.ok(health.took < soon, `health was told after ${health.took} ms`);
    await workspace.until(() => refusals().length === orders.length, { what: 'a refusal for each order' });
    // An event is acknowledged whatever comes of it, so that it can wait for as long as a shell does.
    await shownTo(stage, grant, /has been locked by another process for 5 s: try again/);
    await isOver;
    const delay = await longestDelay();
    assert.ok(delay < 1, `the event loop was blocked for ${delay} s`);
  });

  assert.equal(stage.auditLog().length, before);
  // The start that Slack delivered twice is told once.
  assert.equal(refusals().length, 12);
  assert.equal(stage.engine.peek('c1')?.state, 'running');
  await types(`/capture start -d after -e "${expression}"`);
  await messageIn(stage, soc, /Capturing · after/);
  await workspace.as(grant).submits(form, { port: '41799' });
  await messageIn(stage, soc, /Capturing · by a form/);
  assert.deepEqual(
    (await stage.engine.list({ all: true }, stage.lead)).map(({ description }) => description),
    ['by a form', 'after', 'before'],
  );
});
