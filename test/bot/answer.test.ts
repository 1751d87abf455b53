import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { answer, explained, joined } from '../../src/bot/answer.ts';
import type { View } from '../../src/bot/views/view.ts';
import { CaptureError } from '../../src/capture/errors.ts';

const view: View = { text: 'Started c1', blocks: [{ type: 'divider' }] };

/** A response_url that answers with these statuses in turn, and what was posted to it. */
async function responseUrl(t: TestContext, ...statuses: number[]) {
  const posted: Record<string, unknown>[] = [];
  const server = createServer(async (request, response) => {
    posted.push(JSON.parse(Buffer.concat(await Array.fromAsync(request)).toString()));
    response.writeHead(statuses.shift() ?? 200).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, posted };
}

test('an answer is for one person and leaves the message with the button alone', async (t) => {
  const { url, posted } = await responseUrl(t, 200);
  await answer(url, view);
  assert.deepEqual(posted, [{ response_type: 'ephemeral', replace_original: false, ...view }]);
});

test('blocks that Slack refuses are left out, an answer that it dropped is sent again', async (t) => {
  const refusing = await responseUrl(t, 400);
  await answer(refusing.url, view);
  assert.deepEqual(refusing.posted[1], { response_type: 'ephemeral', replace_original: false, text: view.text });
  const failing = await responseUrl(t, 500);
  await answer(failing.url, view);
  assert.deepEqual(failing.posted[0], failing.posted[1]);
});

test('an answer that nobody can be shown is an error', async (t) => {
  const { url } = await responseUrl(t, 404, 404);
  await assert.rejects(answer(url, view), /HTTP 404/);
});

test('what a person can mend is explained, a bug is thrown on', () => {
  assert.match(explained(new CaptureError('not_found', 'there is no capture c9')).text, /there is no capture c9/);
  assert.throws(() => explained(new TypeError('oops')), TypeError);
});

test('two views make one message', () => {
  assert.deepEqual(joined(view, { text: 'and more', blocks: [] }), {
    text: 'Started c1\nand more',
    blocks: view.blocks,
  });
});
