import assert from 'node:assert/strict';
import { setMaxListeners } from 'node:events';
import { describe, type TestContext, test } from 'node:test';
import type { App, ReceiverEvent } from '@slack/bolt';
import { WebAPIPlatformError } from '@slack/web-api';
import { withCast } from '../../sandbox/workspace/cast.ts';
import { openWorkspace, type Workspace } from '../../sandbox/workspace/workspace.ts';
import { connectionOptions } from '../../src/bot/clients.ts';
import { Connections } from '../../src/bot/receiver.ts';
import { until } from '../capture/wait.ts';
import { keptLog, manifest } from './sample.ts';

setMaxListeners(0);

/** A workspace with people, and connections to it whose app acknowledges what it gets. */
async function stage(t: TestContext) {
  const workspace = await openWorkspace({ manifest });
  const { grant, soc } = withCast(workspace);
  const { log, lines } = keptLog();
  const secrets = { botToken: workspace.botToken, appToken: workspace.appToken, apiUrl: workspace.apiUrl };
  const lost = Promise.withResolvers<unknown>();
  const connections = new Connections({
    appToken: secrets.appToken,
    clientOptions: connectionOptions(secrets, fetch),
    log,
    onAck: () => undefined,
    onLost: lost.resolve,
  });
  const heard: string[] = [];
  const app = {
    processEvent: async ({ body, ack }: ReceiverEvent) => {
      heard.push(String(body.text));
      await ack();
    },
  };
  connections.init(app as unknown as App);
  t.after(async () => {
    await connections.stop();
    await workspace.close();
  });
  const both = () => workspace.until(() => workspace.connections() === 2, { timeoutMs: 30_000 });
  const types = async (words: string) => (await workspace.as(grant).types(`/capture ${words}`, soc)).outcome;
  return { workspace, connections, heard, lines, both, types, lost: lost.promise };
}

const said = (lines: readonly Record<string, unknown>[], words: RegExp) =>
  lines.filter(({ msg }) => words.test(String(msg))).length;

describe('two connections', { concurrency: true }, () => {
  for (const reason of ['warning', 'refresh_requested', 'link_disabled', 'too_many_websockets'] as const) {
    test(`one that Slack asks to leave (${reason}) is closed after another listens`, async (t) => {
      const { workspace, connections, heard, lines, both, types } = await stage(t);
      await connections.start();
      await both();
      workspace.faults.disconnect(reason, 1);
      for (let typed = 0; typed < 20; typed += 1) assert.equal(await types(`list ${typed}`), 'acked');
      await both();
      assert.deepEqual(
        heard,
        Array.from({ length: 20 }, (_, at) => `list ${at}`),
      );
      const isUnwelcome = reason === 'link_disabled' || reason === 'too_many_websockets';
      assert.equal(said(lines, /switch it on|does another bot run/), isUnwelcome ? 1 : 0);
    });
  }

  test('sockets that are refused, tickets that fail and servers that hang up cost tries, not the bot', async (t) => {
    const { workspace, connections, both, types, lines } = await stage(t);
    workspace.faults.errorNext('apps.connections.open', 'internal_error', 2);
    workspace.faults.failNext('apps.connections.open', 1, 502);
    workspace.faults.limitNext('apps.connections.open', 1, 1);
    workspace.faults.socketNext('refused', 2);
    await connections.start();
    await both();
    assert.equal(await types('whoami'), 'acked');
    workspace.faults.errorNext('apps.connections.open', 'internal_error', 1);
    workspace.faults.disconnect('abrupt');
    await both();
    await until('each row of failures to be told', () => said(lines, /heard again/) === 2);
    assert.equal(said(lines, /tries follow/), 2);
  });

  test('a connection without a hello, or with a farewell in its place, is given up, and the other hears meanwhile', async (t) => {
    const { workspace, connections, both, types, lines } = await stage(t);
    await connections.start();
    await both();
    for (const fault of ['no_hello', 'too_many_websockets'] as const) {
      workspace.faults.socketNext(fault);
      workspace.faults.disconnect('abrupt', 1);
      assert.equal(await types('whoami'), 'acked');
      await both();
    }
    assert.equal(said(lines, /does another bot run/), 1);
  });

  test('a connection that goes silent is found out by its pings, and made again', async (t) => {
    const { workspace, connections, both, types } = await stage(t);
    await connections.start();
    await both();
    const asked = workspace.calls('apps.connections.open').length;
    workspace.faults.freeze(1);
    await workspace.until(() => workspace.calls('apps.connections.open').length > asked, { timeoutMs: 30_000 });
    await both();
    for (let typed = 0; typed < 4; typed += 1) assert.equal(await types('whoami'), 'acked');
  });

  for (const outage of ['refused', 'errors', 'silence'] as const) {
    test(`after an outage (${outage}) the bot hears again soon`, async (t) => {
      const { workspace, connections, both, types } = await stage(t);
      await connections.start();
      await both();
      const end = await beginOutage(workspace, outage);
      // Long enough for both connections to have tried several times.
      await new Promise((resolve) => setTimeout(resolve, 4_000));
      const over = performance.now();
      await end();
      await workspace.until(() => workspace.connections() > 0, { timeoutMs: 30_000 });
      t.diagnostic(`${outage}: heard again ${Math.round(performance.now() - over)} ms after its end`);
      assert.equal(await types('whoami'), 'acked');
    });
  }

  test('it can be stopped while Slack is away', async (t) => {
    const { workspace, connections, both } = await stage(t);
    await connections.start();
    await both();
    const end = await beginOutage(workspace, 'refused');
    await connections.stop();
    await end();
    assert.equal(workspace.connections(), 0);
  });

  test('a token that is refused ends it, and it says which', async (t) => {
    const { workspace, connections, both, lost } = await stage(t);
    await connections.start();
    await both();
    await workspace.faults.revokeToken('app');
    workspace.faults.disconnect('refresh_requested', 1);
    assert.ok((await lost) instanceof WebAPIPlatformError);
  });
});

async function beginOutage(workspace: Workspace, how: 'refused' | 'errors' | 'silence'): Promise<() => Promise<void>> {
  if (how === 'refused') {
    await workspace.faults.goAway();
    return workspace.faults.comeBack;
  }
  workspace.faults.outage(how);
  workspace.faults.disconnect('abrupt');
  return async () => workspace.faults.outage(null);
}
