import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Stage, stageWith } from './workspace-app.ts';

async function on(listen: Parameters<typeof stageWith>[0], act: (stage: Stage) => Promise<void>): Promise<void> {
  const stage = await stageWith(listen);
  try {
    await act(stage);
  } finally {
    await stage.stop();
  }
}

test('a slash command is acknowledged and its reply is seen by the person who typed it only', () =>
  on(
    (app) =>
      app.command('/capture', async ({ command, ack }) => ack(`you said ${command.text} in ${command.channel_name}`)),
    async ({ workspace, soc }) => {
      const { outcome } = await workspace.as('grant').types('/capture list', soc);
      assert.equal(outcome, 'acked');
      const seen = workspace.ephemeralsFor('grant').map(({ text, from }) => ({ text, from }));
      assert.deepEqual(seen, [{ text: 'you said list in soc', from: 'ack' }]);
      assert.deepEqual(workspace.ephemeralsFor('will'), []);
    },
  ));

test('the words of a command arrive as Slack sends them: escaped, with mentions but without links', () =>
  on(
    (app) => app.command('/capture', ({ ack }) => ack()),
    async ({ workspace, soc }) => {
      await workspace.as('will').types('/capture start -d "a & b" @grant in #soc net <10/8> shop.com', soc);
      const [sent] = workspace.envelopes('slash_commands');
      assert.equal(
        sent?.payload.text,
        'start -d "a &amp; b" <@U024BE7LH|grant> in <#C024BE91L|soc> net &lt;10/8&gt; shop.com',
      );
    },
  ));

test('a slash command is refused in a thread, and an undeclared one anywhere', () =>
  on(
    () => {},
    async ({ workspace, soc, grant }) => {
      const message = workspace.as(grant).says('an alert', soc);
      const inThread = await workspace.as(grant).types('/capture stop', soc, message.ts);
      assert.equal(inThread.outcome, 'refused');
      const unknown = await workspace.as(grant).types('/deploy', soc);
      assert.equal(unknown.outcome, 'refused');
      assert.deepEqual(
        workspace.ephemeralsFor(grant).map(({ text }) => text),
        ['/capture is not supported in threads. Sorry!', '/deploy is not a valid command.'],
      );
      assert.deepEqual(workspace.envelopes(), []);
    },
  ));

test('a message is posted, edited, answered in its thread and read back', () =>
  on(
    (app) =>
      app.command('/capture', async ({ client, command, ack }) => {
        await ack();
        const { ts = '' } = await client.chat.postMessage({ channel: command.channel_id, text: 'starting' });
        await client.chat.update({ channel: command.channel_id, ts, text: 'running' });
        const reply = { channel: command.channel_id, thread_ts: ts };
        await client.chat.postMessage({ ...reply, text: '12 packets' });
        await client.chat.postMessage({ ...reply, text: 'finished', reply_broadcast: true });
      }),
    async ({ workspace, soc, app }) => {
      await workspace.as('grant').types('/capture start', soc);
      await workspace.until(() => workspace.messagesIn(soc).find((each) => each.text === 'finished'));
      const [message] = workspace.messagesIn('#soc');
      assert.ok(message);
      assert.equal(message.text, 'running');
      assert.deepEqual(
        message.edits.map(({ text }) => text),
        ['starting'],
      );
      assert.deepEqual(
        workspace.threadOf(soc, message.ts).map(({ text }) => text),
        ['12 packets', 'finished'],
      );
      assert.deepEqual(
        workspace.messagesIn(soc).map(({ text }) => text),
        ['running', 'finished'],
      );
      const replies = await app.client.conversations.replies({ channel: soc.id, ts: message.ts });
      assert.deepEqual(
        replies.messages?.map(({ text }) => text),
        ['running', '12 packets', 'finished'],
      );
    },
  ));

test('a mention in a thread and a direct message reach the app with their thread and channel', () =>
  on(
    (app) => {
      app.event(
        'app_mention',
        async ({ event, say }) => void (await say({ text: event.text, thread_ts: event.thread_ts ?? event.ts })),
      );
      app.message(async ({ message, say }) => void ('text' in message && (await say(`heard ${message.text}`))));
    },
    async ({ workspace, soc, grant }) => {
      const alert = workspace.as('alertbot').says('beacon seen', soc);
      const { outcome } = await workspace.as(grant).mentions('stop', soc, alert.ts);
      assert.equal(outcome, 'acked');
      const reply = await workspace.until(() => workspace.threadOf(soc, alert.ts)[1]);
      assert.equal(reply.text, `<@${workspace.botUserId}> stop`);
      await workspace.as(grant).dms('list');
      await workspace.until(() =>
        workspace.messagesIn(workspace.dmWith(grant)).find((each) => each.text === 'heard list'),
      );
    },
  ));

test('an event that the manifest does not subscribe to is not delivered, nor a mention where the app is not', () =>
  on(
    (app) => app.event('app_mention', async () => {}),
    async ({ workspace, elsewhere }) => {
      assert.equal((await workspace.as('grant').mentions('stop', elsewhere)).outcome, 'not_subscribed');
      await workspace.faults.archive('soc');
      assert.deepEqual(workspace.envelopes(), []);
    },
  ));

test('a button is clicked by somebody, answers through its response_url, and may be clicked late after it went away', () =>
  on(
    (app) =>
      app.action('stop', async ({ ack, body, respond }) => {
        await ack();
        await respond({ replace_original: true, text: `stopped by ${body.user.id}` });
      }),
    async ({ workspace, app, soc, grant, will }) => {
      const stop = {
        type: 'button' as const,
        text: { type: 'plain_text' as const, text: 'Stop' },
        action_id: 'stop',
        value: 'c1',
      };
      const blocks = [{ type: 'actions' as const, elements: [stop] }];
      const { ts } = await app.client.chat.postMessage({ channel: soc.id, text: 'running', blocks });
      const message = await workspace.until(() => workspace.messagesIn(soc).find((each) => each.ts === ts));
      assert.equal((await workspace.as(grant).clicks(message, 'stop')).outcome, 'acked');
      await workspace.until(() => message.text === `stopped by ${grant.id}`);
      assert.deepEqual(message.blocks, []);
      assert.equal((await workspace.as(will).clicks(message, 'stop')).outcome, 'acked');
      assert.equal((await workspace.as(will).clicks(message, 'extend')).outcome, 'refused');
    },
  ));

test('a file is uploaded in three steps and shared in a thread', () =>
  on(
    () => {},
    async ({ workspace, app, soc, grant }) => {
      const message = workspace.as(grant).says('show me', soc);
      await app.client.filesUploadV2({
        channel_id: soc.id,
        thread_ts: message.ts,
        filename: 'rate.png',
        file: Buffer.from('not really a picture'),
        initial_comment: 'packets over time',
      });
      const [shared] = workspace.threadOf(soc, message.ts);
      const file = workspace.state.files.get(shared?.files[0] ?? '');
      assert.equal(shared?.text, 'packets over time');
      assert.equal(Buffer.from(file?.bytes ?? []).toString(), 'not really a picture');
    },
  ));

test('people come with the flags that tell guests, strangers, bots and the deactivated apart', () =>
  on(
    () => {},
    async ({ app, guest, stranger, alertbot, former, workspace }) => {
      const info = async (user: string) => (await app.client.users.info({ user })).user;
      assert.equal((await info(guest.id))?.is_restricted, true);
      assert.equal((await info(stranger.id))?.is_stranger, true);
      assert.notEqual((await info(stranger.id))?.team_id, workspace.teamId);
      assert.equal((await info(alertbot.id))?.is_bot, true);
      assert.equal((await info(former.id))?.deleted, true);
      assert.equal((await info(guest.id))?.profile?.email, undefined, 'users:read.email was not granted');
    },
  ));

test('a user group is listed, and a change of its members is told', () => {
  const told: unknown[] = [];
  return on(
    (app) => app.event('subteam_members_changed', async ({ event }) => void told.push(event.added_users)),
    async ({ workspace, app, grant, will }) => {
      await workspace.faults.setGroup({ id: 'S01', handle: 'analysts', users: [grant.id] });
      await workspace.faults.setGroup({ id: 'S01', handle: 'analysts', users: [grant.id, will.id] });
      assert.deepEqual(told, [[grant.id], [will.id]]);
      assert.deepEqual((await app.client.usergroups.users.list({ usergroup: 'S01' })).users, [grant.id, will.id]);
    },
  );
});

test('a group that was disabled is there for who asks for disabled ones', () =>
  on(
    () => {},
    async ({ workspace, app, grant }) => {
      const group = await workspace.faults.setGroup({ id: 'S01', handle: 'analysts', users: [grant.id] });
      await workspace.faults.disableGroup(group);
      const users = (more: object) => app.client.usergroups.users.list({ usergroup: 'S01', ...more });
      await assert.rejects(users({}), /no_such_subteam/);
      assert.deepEqual((await users({ include_disabled: true })).users, [grant.id]);
      assert.deepEqual((await app.client.usergroups.list()).usergroups, []);
      const [listed] = (await app.client.usergroups.list({ include_disabled: true })).usergroups ?? [];
      assert.ok(Number(listed?.date_delete) > 0);
    },
  ));

test('a channel that is offered to another organisation says so, and one that is shared is told of', () => {
  const told: unknown[] = [];
  return on(
    (app) => app.event('channel_shared', async ({ event }) => void told.push(event.channel)),
    async ({ workspace, app, soc }) => {
      const info = async (channel = soc.id) => (await app.client.conversations.info({ channel })).channel;
      await workspace.faults.shareExternally(soc, 'pending');
      assert.deepEqual([(await info())?.is_pending_ext_shared, (await info())?.is_ext_shared], [true, false]);
      assert.deepEqual(told, []);
      await workspace.faults.shareExternally(soc);
      assert.deepEqual([(await info())?.is_pending_ext_shared, (await info())?.is_ext_shared], [false, true]);
      assert.deepEqual(told, [soc.id]);
      const several = workspace.addChannel({ name: 'mpdm-1', id: 'G024BE9G1', kind: 'mpim' });
      await assert.rejects(info(several.id), /missing_scope/);
      const everywhere = workspace.addChannel({ name: 'all-of-corp', orgShared: true });
      const { is_shared, is_org_shared, is_ext_shared } = (await info(everywhere.id)) ?? {};
      assert.deepEqual([is_shared, is_org_shared, is_ext_shared], [true, true, false]);
    },
  );
});
