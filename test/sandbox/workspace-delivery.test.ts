import assert from 'node:assert/strict';
import { test } from 'node:test';
import { handClock } from '../../sandbox/workspace/clock.ts';
import { openWorkspace } from '../../sandbox/workspace/workspace.ts';
import { manifest, stageWith } from './workspace-app.ts';

const NOVEMBER = Date.UTC(2026, 10, 24, 2, 10, 5);

test('an envelope that is delivered twice runs the handler twice, the second time marked as a retry', async (t) => {
  const retries: unknown[] = [];
  const { workspace, soc, grant, stop } = await stageWith((app) => {
    app.command('/capture', async ({ ack, context, client, command }) => {
      retries.push(context.retryNum);
      await ack();
      await client.users.info({ user: command.user_id });
    });
  });
  t.after(stop);
  workspace.faults.duplicateNext();
  await workspace.as(grant).types('/capture list', soc);
  await workspace.as(grant).types('/capture list', soc);
  await workspace.until(() => workspace.calls('users.info').length === 3);
  assert.deepEqual([retries.length, retries.filter((each) => each === 1).length], [3, 1]);
  const [twice, once] = workspace.envelopes('slash_commands');
  assert.deepEqual([twice?.attempts, once?.attempts], [2, 1]);
});

test('a command that is not acknowledged within 3 seconds ends in a message from Slack', async (t) => {
  const clock = handClock(NOVEMBER);
  const { workspace, soc, stop } = await stageWith((app) => app.command('/capture', async () => {}), { clock });
  t.after(stop);
  const typed = workspace.as('grant').types('/capture list', soc);
  clock.advance(2_999);
  assert.deepEqual(workspace.ephemeralsFor('grant'), []);
  clock.advance(1);
  assert.equal((await typed).outcome, 'no_ack');
  assert.match(workspace.ephemeralsFor('grant')[0]?.text ?? '', /the app did not respond/);
});

test('a lost acknowledgement counts as none, and an event is sent again', async (t) => {
  const clock = handClock(NOVEMBER);
  const { workspace, soc, stop } = await stageWith(
    (app) => app.event('app_mention', async ({ say }) => void (await say('heard'))),
    { clock },
  );
  t.after(stop);
  workspace.faults.loseAcks();
  const mentioned = workspace.as('grant').mentions('list', soc);
  await workspace.until(() => workspace.envelopes()[0]?.lostAcks === 1);
  clock.advance(3_000);
  assert.equal((await mentioned).outcome, 'no_ack');
  clock.advance(0);
  const sent = await workspace.until(() => workspace.envelopes().find((each) => each.ack !== undefined));
  assert.equal(sent.attempts, 2);
  await workspace.until(() => workspace.messagesIn(soc).filter(({ text }) => text === 'heard').length === 2);
});

test('without a connection a command fails at once', async (t) => {
  const workspace = await openWorkspace({ manifest });
  t.after(workspace.close);
  workspace.addUser({ name: 'grant' });
  workspace.addChannel({ name: 'soc' });
  const outcome = await workspace.as('grant').types('/capture list', 'soc');
  assert.equal(outcome.outcome, 'no_connection');
  assert.match(workspace.ephemeralsFor('grant')[0]?.text ?? '', /dispatch_failed/);
});

for (const reason of ['warning', 'refresh_requested', 'abrupt'] as const) {
  test(`after a disconnect (${reason}) the app comes back and hears commands again`, async (t) => {
    const { workspace, soc, stop } = await stageWith((app) => app.command('/capture', ({ ack }) => ack('here')));
    t.after(stop);
    workspace.faults.disconnect(reason);
    assert.equal(workspace.connections(), 0);
    assert.equal((await workspace.as('grant').types('/capture list', soc)).outcome, 'no_connection');
    await workspace.until(() => workspace.connections() === 1);
    assert.equal((await workspace.as('grant').types('/capture list', soc)).outcome, 'acked');
    assert.equal(workspace.calls('apps.connections.open').length, 2);
  });
}

test('with two connections each envelope goes to one of them in turn', async (t) => {
  const { workspace, soc, stop } = await stageWith((app) => app.command('/capture', ({ ack }) => ack('first')));
  t.after(stop);
  const other = await connect(workspace.apiUrl, workspace.appToken, 'second');
  await workspace.until(() => workspace.connections() === 2);
  await workspace.as('grant').types('/capture list', soc);
  await workspace.as('grant').types('/capture list', soc);
  assert.deepEqual(
    workspace.ephemeralsFor('grant').map(({ text }) => text),
    ['first', 'second'],
  );
  other.close();
});

test('a ticket opens one connection only', async (t) => {
  const workspace = await openWorkspace({ manifest });
  t.after(workspace.close);
  const url = await ticket(workspace.apiUrl, workspace.appToken);
  const first = new WebSocket(url);
  const hello: unknown = await new Promise((seen) =>
    first.addEventListener('message', ({ data }) => seen(JSON.parse(data))),
  );
  assert.equal((hello as { type: string }).type, 'hello');
  const second = new WebSocket(url);
  await new Promise((refused) => second.addEventListener('error', refused));
  assert.equal(workspace.connections(), 1);
  first.close();
});

async function ticket(apiUrl: string, token: string): Promise<string> {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${apiUrl}apps.connections.open`, { method: 'POST', headers });
  return ((await answer.json()) as { url: string }).url;
}

/** A second client, as bare as the protocol: acknowledges everything with the same words. */
async function connect(apiUrl: string, token: string, text: string): Promise<WebSocket> {
  const socket = new WebSocket(await ticket(apiUrl, token));
  socket.addEventListener('message', ({ data }) => {
    const { envelope_id } = JSON.parse(String(data)) as { envelope_id?: string };
    if (envelope_id !== undefined) socket.send(JSON.stringify({ envelope_id, payload: { text } }));
  });
  return socket;
}
