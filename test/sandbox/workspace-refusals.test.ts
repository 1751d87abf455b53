import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { WebClient } from '@slack/web-api';
import { openWorkspace } from '../../sandbox/workspace/workspace.ts';
import { manifest, type Stage, stageWith } from './workspace-app.ts';

let stage: Stage;
before(async () => {
  stage = await stageWith(() => {});
});
after(() => stage.stop());

type Refusal = { error: string; needed?: string; provided?: string; response_metadata?: { messages?: string[] } };

async function refusalOf(call: Promise<unknown>): Promise<Refusal> {
  try {
    await call;
  } catch (failure) {
    const { data } = failure as { data?: Refusal };
    if (data) return data;
    throw failure;
  }
  throw new Error('the call was not refused');
}

test('each refusal has the name that Slack gives it', async () => {
  const { app, soc, secret, attic, elsewhere, grant, stranger, workspace } = stage;
  const chat = app.client.chat;
  const hers = workspace.as(grant).says('hers', soc);
  const text = 'x';
  const calls: [string, Promise<unknown>][] = [
    ['channel_not_found', chat.postMessage({ channel: 'C0NOWHERE', text })],
    ['channel_not_found', chat.postMessage({ channel: secret.id, text })],
    ['not_in_channel', chat.postMessage({ channel: elsewhere.id, text })],
    ['is_archived', chat.postMessage({ channel: attic.id, text })],
    ['msg_too_long', chat.postMessage({ channel: soc.id, text: 'x'.repeat(40_001) })],
    ['thread_not_found', chat.postMessage({ channel: soc.id, text, thread_ts: '1.000001' })],
    ['message_not_found', chat.update({ channel: soc.id, ts: '1.000001', text })],
    ['cant_update_message', chat.update({ channel: soc.id, ts: hers.ts, text })],
    ['user_not_in_channel', chat.postEphemeral({ channel: soc.id, user: stranger.id, text })],
    ['user_not_found', app.client.users.info({ user: 'U0NOBODY' })],
    ['unknown_method', app.client.apiCall('chat.startStream', {})],
    ['invalid_trigger_id', app.client.views.open({ trigger_id: 'made.up', view: anyView() })],
    ['invalid_auth', new WebClient('xoxb-wrong', { slackApiUrl: workspace.apiUrl }).auth.test()],
    ['not_authed', new WebClient(undefined, { slackApiUrl: workspace.apiUrl }).auth.test()],
    ['not_allowed_token_type', app.client.apps.connections.open({ token: workspace.botToken })],
  ];
  for (const [error, call] of calls) assert.equal((await refusalOf(call)).error, error);
});

test('a method whose scope the manifest does not list says what is needed and what was provided', async () => {
  const bare = { ...manifest, oauth_config: { scopes: { bot: ['commands', 'chat:write'] } } };
  const workspace = await openWorkspace({ manifest: bare });
  const user = workspace.addUser({ name: 'grant' });
  const channel = workspace.addChannel({ name: 'soc', kind: 'private' });
  const client = new WebClient(workspace.botToken, { slackApiUrl: workspace.apiUrl });
  const missing = await refusalOf(client.users.info({ user: user.id }));
  assert.deepEqual(
    [missing.error, missing.needed, missing.provided],
    ['missing_scope', 'users:read', 'commands,chat:write'],
  );
  assert.equal((await refusalOf(client.conversations.info({ channel: channel.id }))).needed, 'groups:read');
  assert.equal((await refusalOf(client.conversations.open({ users: user.id }))).needed, 'im:write');
  await workspace.close();
});

test('bad blocks are refused with a pointer to each mistake', async () => {
  const blocks = [{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } }];
  const refusal = await refusalOf(stage.app.client.chat.postMessage({ channel: stage.soc.id, text: 'x', blocks }));
  assert.equal(refusal.error, 'invalid_blocks');
  assert.deepEqual(refusal.response_metadata?.messages, [
    '[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]',
  ]);
});

test('in a workspace that the newest blocks have not reached, a plan is refused and a section is not', async () => {
  const workspace = await openWorkspace({ manifest, newBlocks: false });
  const channel = workspace.addChannel({ name: 'soc' }).id;
  const client = new WebClient(workspace.botToken, { slackApiUrl: workspace.apiUrl });
  const plan = [{ type: 'plan', title: 'Search', tasks: [] }];
  assert.equal(
    (await refusalOf(client.chat.postMessage({ channel, text: 'x', blocks: plan }))).error,
    'invalid_blocks',
  );
  const section = [{ type: 'section', text: { type: 'mrkdwn', text: 'Search' } }];
  await client.chat.postMessage({ channel, text: 'x', blocks: section });
  await workspace.close();
});

test('what happens behind the back of the app: a message deleted, the bot removed, the channel archived, the token revoked', async () => {
  const { app, workspace, digest } = stage;
  const { ts = '' } = await app.client.chat.postMessage({ channel: digest.id, text: 'digest' });
  const update = () => refusalOf(app.client.chat.update({ channel: digest.id, ts, text: 'again' }));
  workspace.faults.removeBot(digest);
  assert.equal((await update()).error, 'not_in_channel');
  workspace.faults.inviteBot(digest);
  await workspace.faults.archive(digest);
  assert.equal((await update()).error, 'is_archived');
  await workspace.faults.unarchive(digest);
  const message = await workspace.until(() => workspace.messagesIn(digest)[0]);
  workspace.faults.deleteMessage(message);
  assert.equal((await update()).error, 'message_not_found');
  await workspace.faults.revokeToken('bot');
  assert.equal((await update()).error, 'invalid_auth');
});

function anyView() {
  return { type: 'modal' as const, title: { type: 'plain_text' as const, text: 'x' }, blocks: [] };
}
