import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Stage, stageWith } from './workspace-app.ts';

let stage: Stage;
before(async () => {
  stage = await stageWith((app) => {
    app.action('share', async ({ ack, respond }) => {
      await ack();
      await respond({ delete_original: true });
    });
    app.shortcut('start', async ({ ack, client, shortcut }) => {
      await ack();
      const view = { type: 'modal' as const, title: { type: 'plain_text' as const, text: 'More' }, blocks: [] };
      await client.views.push({ trigger_id: shortcut.trigger_id, view }).catch(() => {});
    });
  });
});
after(() => stage.stop());

test('the app asks who it is and who others are', async () => {
  const { app, workspace, grant } = stage;
  const me = await app.client.auth.test();
  assert.deepEqual([me.team_id, me.user_id, me.bot_id], [workspace.teamId, workspace.botUserId, 'B024BE7BT']);
  assert.equal((await app.client.bots.info({ bot: 'B024BE7BT' })).bot?.user_id, workspace.botUserId);
  assert.ok((await app.client.users.list({})).members?.some(({ id }) => id === grant.id));
  assert.equal((await app.client.api.test({})).ok, true);
});

test('the app sees public channels, page by page, and knows which are shared or archived', async () => {
  const { app, partners, attic, secret, soc, grant } = stage;
  const seen: (string | undefined)[] = [];
  for await (const page of app.client.paginate('conversations.list', { limit: 2 })) {
    const { channels = [] } = page as { channels?: { id?: string }[] };
    seen.push(...channels.map(({ id }) => id));
  }
  assert.equal(new Set(seen).size, seen.length);
  assert.ok(seen.includes(partners.id) && seen.includes(attic.id) && !seen.includes(secret.id));
  assert.equal((await app.client.conversations.info({ channel: partners.id })).channel?.is_ext_shared, true);
  assert.equal((await app.client.conversations.info({ channel: attic.id })).channel?.is_archived, true);
  assert.ok((await app.client.conversations.members({ channel: soc.id })).members?.includes(grant.id));
});

test('what was said is read back newest first, with a link to it, until it is deleted', async () => {
  const { app, digest } = stage;
  await app.client.chat.postMessage({ channel: digest.id, text: 'monday' });
  const { ts = '' } = await app.client.chat.postMessage({ channel: digest.id, text: 'tuesday' });
  const history = async () =>
    (await app.client.conversations.history({ channel: digest.id })).messages?.map(({ text }) => text);
  assert.deepEqual(await history(), ['tuesday', 'monday']);
  const { permalink } = await app.client.chat.getPermalink({ channel: digest.id, message_ts: ts });
  assert.equal(permalink, `https://corp.slack.com/archives/${digest.id}/p${ts.replace('.', '')}`);
  await app.client.chat.delete({ channel: digest.id, ts });
  assert.deepEqual(await history(), ['monday']);
});

test('an ephemeral message is seen by one person, cannot be edited by chat.update, and goes away through its button', async () => {
  const { app, workspace, soc, will } = stage;
  const text = { type: 'plain_text' as const, text: 'Share' };
  const blocks = [{ type: 'actions' as const, elements: [{ type: 'button' as const, text, action_id: 'share' }] }];
  const { message_ts: ts = '' } = await app.client.chat.postEphemeral({
    channel: soc.id,
    user: will.id,
    text: 'x',
    blocks,
  });
  await assert.rejects(app.client.chat.update({ channel: soc.id, ts, text: 'y' }), /message_not_found/);
  const [ephemeral] = workspace.ephemeralsFor(will);
  assert.ok(ephemeral);
  await workspace.as(will).clicks(ephemeral, 'share');
  await workspace.until(() => workspace.ephemeralsFor(will).length === 0);
});

test('a message to a user id goes to the direct message with that person', async () => {
  const { app, workspace, maria } = stage;
  const opened = await app.client.conversations.open({ users: maria.id });
  const posted = await app.client.chat.postMessage({ channel: maria.id, text: 'your capture ended' });
  assert.equal(posted.channel, opened.channel?.id);
  assert.equal(workspace.messagesIn(workspace.dmWith(maria))[0]?.text, 'your capture ended');
});

test('nothing is pushed onto a screen without a modal', async () => {
  const { workspace } = stage;
  await workspace.as('maria').shortcut('start');
  await workspace.until(() => workspace.calls('views.push').length === 1);
  assert.deepEqual(workspace.calls('views.push')[0]?.answer, { ok: false, error: 'not_found' });
});

test('every change can be watched as it happens', async () => {
  const { app, workspace, soc } = stage;
  const seen: string[] = [];
  const stop = workspace.watch(({ kind }) => void seen.push(kind));
  const { ts = '' } = await app.client.chat.postMessage({ channel: soc.id, text: 'a' });
  await app.client.chat.update({ channel: soc.id, ts, text: 'b' });
  await app.client.chat.delete({ channel: soc.id, ts });
  stop();
  await app.client.chat.postMessage({ channel: soc.id, text: 'unseen' });
  assert.deepEqual(seen, ['posted', 'call', 'edited', 'call', 'deleted', 'call']);
});
