import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWorkspace } from '../../sandbox/workspace/workspace.ts';
import { manifest, stageWith } from './workspace-app.ts';

test('in a direct message Slack tells an app of everything that is said: by people, by the app itself, and edits', async (t) => {
  const { workspace, app, grant, stop } = await stageWith((bolt) => bolt.event('message', async () => {}));
  t.after(stop);
  await workspace.as(grant).dms('list');
  const { channel = '', ts = '' } = await app.client.chat.postMessage({ channel: grant.id, text: 'here' });
  await app.client.chat.update({ channel, ts, text: 'there' });
  const events = () => workspace.envelopes('events_api').map(({ payload }) => Object(payload.event));
  await workspace.until(() => events().length === 3);
  const [persons, own, edit] = events();
  assert.equal(persons.text, 'list');
  assert.ok(persons.client_msg_id);
  assert.equal(persons.bot_id, undefined);
  assert.deepEqual([own.text, own.bot_id, own.channel_type], ['here', workspace.state.bot.id, 'im']);
  assert.deepEqual([edit.subtype, edit.message.text, edit.text], ['message_changed', 'there', undefined]);
});

test('a mention in a direct message is a message like any other', async (t) => {
  const { workspace, grant, stop } = await stageWith(() => {});
  t.after(stop);
  await workspace.as(grant).mentions('list', workspace.dmWith(grant));
  assert.deepEqual(
    workspace.envelopes('events_api').map(({ payload }) => Object(payload.event).type),
    ['message'],
  );
});

test('nobody writes to an app whose Messages tab is read-only, as it is where the manifest does not say otherwise', async (t) => {
  const app_home = { messages_tab_enabled: true };
  const workspace = await openWorkspace({ manifest: { ...manifest, features: { ...manifest.features, app_home } } });
  t.after(workspace.close);
  workspace.addUser({ name: 'grant' });
  await assert.rejects(workspace.as('grant').dms('list'), /Sending messages to this app has been turned off/);
});
