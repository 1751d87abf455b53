import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { type Told, tellOnLoopback } from '../../src/bot/loopback.ts';
import { freePort } from '../free-port.ts';
import { keptLog } from './sample.ts';

const well: Told = { metrics: async () => 'a 1\n', health: () => ({ why: null }) };

async function opened(t: TestContext, told: Told = well) {
  const port = await freePort();
  const { log, lines } = keptLog();
  const close = await tellOnLoopback(port, told, log);
  let closed = false;
  const closeOnce = async () => {
    if (!closed) await close();
    closed = true;
  };
  t.after(closeOnce);
  return { port, lines, close: closeOnce, at: (path: string) => `http://127.0.0.1:${port}${path}` };
}

test('metrics and health are told to whoever asks on this machine', async (t) => {
  const { at } = await opened(t);
  const metrics = await fetch(at('/metrics'));
  assert.equal(metrics.status, 200);
  assert.equal(metrics.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  assert.equal(metrics.headers.get('connection'), 'close');
  assert.equal(await metrics.text(), 'a 1\n');
  const health = await fetch(at('/health'));
  assert.equal(health.status, 200);
  assert.equal(await health.text(), '{"ok":true,"why":null}\n');
});

test('what is not well is 503 with the reason', async (t) => {
  const { at } = await opened(t, { ...well, health: () => ({ why: 'no connection to Slack listens' }) });
  const health = await fetch(at('/health'));
  assert.equal(health.status, 503);
  assert.deepEqual(await health.json(), { ok: false, why: 'no connection to Slack listens' });
});

test('GET alone is answered, and these two paths alone', async (t) => {
  const { at } = await opened(t);
  for (const method of ['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS']) {
    const answer = await fetch(at('/metrics'), { method });
    assert.equal(answer.status, 405, method);
    assert.equal(answer.headers.get('allow'), 'GET');
  }
  for (const path of ['/', '/metrics/', '/metricsx', '/health/metrics', '//metrics'])
    assert.equal((await fetch(at(path))).status, 404, path);
  assert.equal((await fetch(at('/metrics?x=1'))).status, 200);
});

test('no other address of this machine is listened on', async (t) => {
  const { port } = await opened(t);
  // All of 127/8 is this machine's: whoever listened on any address would answer here.
  for (const address of ['127.0.0.2', '::1']) {
    const socket = connect(port, address);
    const [error] = await once(socket, 'error');
    assert.match(error.code, /^(ECONNREFUSED|EADDRNOTAVAIL|EAFNOSUPPORT|ENETUNREACH)$/, address);
  }
});

test('a port that is taken is told with the key to change', async (t) => {
  const { port } = await opened(t);
  await assert.rejects(tellOnLoopback(port, well, keptLog().log), {
    code: 'conflict',
    message: new RegExp(`^metrics\\.port: ${port} on 127\\.0\\.0\\.1 is taken by another process: `),
  });
});

test('it ends at once, whoever still holds a connection', async (t) => {
  const { port, close } = await opened(t);
  const silent = connect(port, '127.0.0.1');
  await once(silent, 'connect');
  const asking = request({ host: '127.0.0.1', port, path: '/health' });
  asking.on('error', () => {});
  const gone = once(silent, 'close');
  silent.on('error', () => {});
  await close();
  await gone;
  asking.destroy();
  await assert.rejects(fetch(`http://127.0.0.1:${port}/health`));
});

test('a bug while it tells is in the log, and not in the answer', async (t) => {
  const { at, lines } = await opened(t, { ...well, metrics: () => Promise.reject(new TypeError('secret')) });
  const answer = await fetch(at('/metrics'));
  assert.equal(answer.status, 500);
  assert.equal(await answer.text(), 'a bug: see the log\n');
  assert.match(JSON.stringify(lines), /secret/);
});
