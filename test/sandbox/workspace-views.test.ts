import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { App, ViewResponseAction } from '@slack/bolt';
import type { ModalView } from '@slack/web-api';
import { handClock } from '../../sandbox/workspace/clock.ts';
import { eventually } from './eventually.ts';
import { stageWith } from './workspace-app.ts';

const form: ModalView = {
  type: 'modal',
  callback_id: 'start',
  title: { type: 'plain_text', text: 'Start a capture' },
  submit: { type: 'plain_text', text: 'Start' },
  notify_on_close: true,
  private_metadata: 'C024BE91L',
  blocks: [
    {
      type: 'input',
      block_id: 'why',
      label: { type: 'plain_text', text: 'Description' },
      element: { type: 'plain_text_input', action_id: 'description', max_length: 20 },
    },
    {
      type: 'input',
      block_id: 'where',
      optional: true,
      label: { type: 'plain_text', text: 'Interface' },
      element: {
        type: 'static_select',
        action_id: 'interface',
        options: [{ text: { type: 'plain_text', text: 'eth1' }, value: 'eth1' }],
      },
    },
  ],
};

function opening(app: App): void {
  app.shortcut('start', async ({ ack, shortcut, client }) => {
    await ack();
    await client.views.open({ trigger_id: shortcut.trigger_id, view: form });
  });
}

/** A stage with the form open on grant's screen, and the app's answer to its submission. */
async function withForm(answer?: ViewResponseAction) {
  const submitted: unknown[] = [];
  const closed: unknown[] = [];
  const stage = await stageWith((app) => {
    opening(app);
    app.view({ type: 'view_submission', callback_id: 'start' }, async ({ ack, view }) => {
      submitted.push(view.state.values, view.private_metadata);
      await (answer ? ack(answer) : ack());
    });
    app.view({ type: 'view_closed', callback_id: 'start' }, async ({ ack, body }) => {
      closed.push('is_cleared' in body && body.is_cleared);
      await ack();
    });
  });
  const { workspace } = stage;
  await workspace.as('grant').shortcut('start');
  const view = await workspace.until(() => workspace.viewsFor('grant')[0]);
  return { ...stage, view, submitted, closed };
}

test('a form opened by a shortcut is filled in and submitted, and closes', async (t) => {
  const { workspace, view, submitted, stop } = await withForm();
  t.after(stop);
  const outcome = await workspace.as('grant').submits(view, { description: 'shop', where: 'eth1' });
  assert.equal(outcome.outcome, 'closed');
  const option = { text: { type: 'plain_text', text: 'eth1' }, value: 'eth1' };
  assert.deepEqual(submitted, [
    {
      why: { description: { type: 'plain_text_input', value: 'shop' } },
      where: { interface: { type: 'static_select', selected_option: option } },
    },
    'C024BE91L',
  ]);
  assert.deepEqual(workspace.viewsFor('grant'), []);
});

test('the client itself refuses a required input left empty and one that is too long', async (t) => {
  const { workspace, view, submitted, stop } = await withForm();
  t.after(stop);
  const grant = workspace.as('grant');
  assert.deepEqual(await grant.submits(view, {}), {
    outcome: 'incomplete',
    errors: { why: 'Please complete this required field.' },
  });
  assert.equal((await grant.submits(view, { description: 'x'.repeat(21) })).outcome, 'incomplete');
  assert.deepEqual(submitted, []);
});

test('errors keep the form open under the input they are about', async (t) => {
  const { workspace, view, stop } = await withForm({ response_action: 'errors', errors: { why: 'Say more' } });
  t.after(stop);
  await workspace.as('grant').submits(view, { description: 'x' });
  assert.deepEqual(workspace.viewsFor('grant')[0]?.errors, { why: 'Say more' });
});

test('errors for a block that is no input are trouble, as they would be seen nowhere', async (t) => {
  const { workspace, view, stop } = await withForm({ response_action: 'errors', errors: { elsewhere: 'no' } });
  t.after(stop);
  assert.equal((await workspace.as('grant').submits(view, { description: 'x' })).outcome, 'trouble');
});

test('a submission may push a view, and clear takes away them all', async (t) => {
  const next: ModalView = { type: 'modal', title: { type: 'plain_text', text: 'Sure?' }, blocks: [] };
  const { workspace, view, stop } = await withForm({ response_action: 'push', view: next });
  t.after(stop);
  const outcome = await workspace.as('grant').submits(view, { description: 'x' });
  assert.equal(outcome.outcome, 'pushed');
  const stack = workspace.viewsFor('grant');
  assert.deepEqual(
    stack.map(({ title }) => title),
    ['Start a capture', 'Sure?'],
  );
  assert.equal(stack[1]?.previousId, view.id);
});

test('closing a form that asked for it tells the app', async (t) => {
  const { workspace, view, closed, stop } = await withForm();
  t.after(stop);
  await workspace.as('grant').closes(view);
  assert.deepEqual(closed, [false]);
});

test('a trigger opens one view, within 3 seconds, and only a view that may be shown', async (t) => {
  const clock = handClock(Date.UTC(2026, 10, 24));
  const { workspace, app, stop } = await stageWith((bolt) => bolt.shortcut('start', ({ ack }) => ack()), { clock });
  t.after(stop);
  const open = async (trigger_id: string, view: ModalView = form) => {
    const failed = (failure: { data?: { error?: string } }) => failure.data?.error;
    return app.client.views.open({ trigger_id, view }).then(() => 'opened', failed);
  };
  const newTrigger = async () => {
    await workspace.as('grant').shortcut('start');
    return String(workspace.envelopes('interactive').at(-1)?.payload.trigger_id);
  };
  const trigger = await newTrigger();
  const tooLong: ModalView = { ...form, title: { type: 'plain_text', text: 'x'.repeat(25) } };
  assert.equal(await open(trigger, tooLong), 'invalid_arguments');
  assert.equal(await open(trigger), 'opened');
  assert.equal(await open(trigger), 'exchanged_trigger_id');
  const late = await newTrigger();
  clock.advance(3_001);
  assert.equal(await open(late), 'expired_trigger_id');
});

test('a view is updated, but not over a change that the app has not seen', async (t) => {
  const { workspace, app, view, stop } = await withForm();
  t.after(stop);
  const { hash } = view;
  await app.client.views.update({ view_id: view.id, hash, view: { ...form, callback_id: 'second' } });
  assert.equal(workspace.viewsFor('grant')[0]?.callbackId, 'second');
  await assert.rejects(app.client.views.update({ view_id: view.id, hash, view: form }), /hash_conflict/);
});

test('the Home tab is published when it is opened, and its buttons work', async (t) => {
  const clicked: unknown[] = [];
  const button = { type: 'button' as const, action_id: 'mine', text: { type: 'plain_text' as const, text: 'Mine' } };
  const { workspace, stop } = await stageWith((app) => {
    app.event('app_home_opened', async ({ client, event }) => {
      const blocks = [{ type: 'actions' as const, elements: [button] }];
      await client.views.publish({ user_id: event.user, view: { type: 'home', blocks } });
    });
    app.action('mine', async ({ ack, body }) => {
      clicked.push(body.type === 'block_actions' && body.container.type);
      await ack();
    });
  });
  t.after(stop);
  await workspace.as('will').opensHome();
  const home = await workspace.until(() => workspace.homeOf('will'));
  await workspace.as('will').clicks(home, 'mine');
  assert.deepEqual(clicked, ['view']);
});

test('without a Home tab in the manifest nobody opens one, and the messages tab says which it is', async (t) => {
  const tabs: unknown[] = [];
  const { workspace, stop } = await stageWith((app) =>
    app.event('app_home_opened', async ({ event }) => void tabs.push(event.tab)),
  );
  t.after(stop);
  await workspace.as('will').opensHome('messages');
  await eventually(async () => assert.deepEqual(tabs, ['messages']));
  workspace.state.declared.homeTab = false;
  assert.equal((await workspace.as('will').opensHome()).outcome, 'not_subscribed');
  assert.deepEqual(tabs, ['messages']);
});

test('of a button that a Home has for each thing, the one with the value is clicked; there is no place to answer to', async (t) => {
  const clicked: unknown[] = [];
  const button = (value: string) => ({
    type: 'actions' as const,
    elements: [
      { type: 'button' as const, action_id: 'stop', value, text: { type: 'plain_text' as const, text: 'Stop' } },
    ],
  });
  const { workspace, stop } = await stageWith((app) => {
    app.event('app_home_opened', async ({ client, event }) => {
      await client.views.publish({ user_id: event.user, view: { type: 'home', blocks: [button('c1'), button('c2')] } });
    });
    app.action({ type: 'block_actions', action_id: 'stop' }, async ({ ack, action, body }) => {
      clicked.push('value' in action && action.value, 'response_url' in body, 'channel' in body);
      await ack();
    });
  });
  t.after(stop);
  await workspace.as('will').opensHome();
  const home = await workspace.until(() => workspace.homeOf('will'));
  assert.equal((await workspace.as('will').clicks(home, 'stop', 'c2')).outcome, 'acked');
  assert.equal((await workspace.as('will').clicks(home, 'stop', 'c3')).outcome, 'refused');
  await eventually(async () => assert.deepEqual(clicked, ['c2', false, false]));
});

test('a message shortcut carries the message', async (t) => {
  const texts: unknown[] = [];
  const { workspace, soc, stop } = await stageWith((app) =>
    app.shortcut({ callback_id: 'from_message', type: 'message_action' }, async ({ ack, shortcut }) => {
      texts.push(shortcut.message.text);
      await ack();
    }),
  );
  t.after(stop);
  const alert = workspace.as('alertbot').says('beacon from 192.0.2.7 to evil.com', soc);
  assert.equal((await workspace.as('will').messageShortcut('from_message', alert)).outcome, 'acked');
  assert.deepEqual(texts, ['beacon from 192.0.2.7 to <http://evil.com|evil.com>']);
  assert.equal((await workspace.as('will').shortcut('undeclared')).outcome, 'refused');
});
