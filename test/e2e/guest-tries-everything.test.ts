import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formOf, messageIn, openStage, seenIn, shownTo } from './stage.ts';

const verbs = [
  ...['start -d x -e "udp port 42440"', 'search -d x everything', 'both -d x everything', '-a grant -d x -e "tcp"'],
  ...['list', 'list --all', 'show c1', 'stop c1', 'stop --all', '-sf grant', 'extend c1 --for 2h', 'keep c1', 'get c1'],
  ...['verify', '-m', 'pin -d x --since 1h', 'pin', 'unpin p1', 'digest', 'whoami', 'help', 'audit', 'nonsense', ''],
];

test('a guest tries everything: nothing happens, and all of it is in the audit log', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, will, soc, engine, alertbot } = stage;
  await stage.openBot();
  await workspace.as(grant).types('/capture start -d "a lead has it" -e "udp port 42441"', soc);
  const message = await messageIn(stage, soc, /Capturing · a lead has it/);
  const alert = workspace.as(alertbot).says('beacon to 203.0.113.9', soc);
  // While they are still a member, they see a menu and a form, and have a capture of their own.
  await workspace.as(will).types('/capture start -d "their own" -e "udp port 42442"', soc);
  const own = await messageIn(stage, soc, /Capturing · their own/);
  await workspace.as(will).types('/capture', soc);
  const menu = await shownTo(stage, will, /What do you want to do/);
  await workspace.as(will).types('/capture start -d "too late"', soc);
  const form = await formOf(stage, will);
  const before = stage.auditLog().length;
  const standing = await engine.list({ all: true }, stage.lead);
  const messages = workspace.messagesIn(soc).length;

  await workspace.faults.changeUser(will, { is_restricted: true });
  workspace.state.ephemerals.length = 0;
  const here = workspace.as(will);
  const tries: readonly (readonly [what: string, act: () => Promise<unknown>])[] = [
    ...verbs.map((words) => [words, () => here.types(`/capture ${words}`.trim(), soc)] as const),
    ['by direct message', () => here.types('/capture list', workspace.dmWith(will.id))],
    ...['capture_stop', 'capture_details'].flatMap((button) =>
      [message, own].map((on) => [button, () => here.clicks(on, button)] as const),
    ),
    ...['menu_form', 'menu_search', 'menu_list', 'menu_help'].map(
      (button) => [button, () => here.clicks(menu, button)] as const,
    ),
    ['capture_from_message', () => here.messageShortcut('capture_from_message', alert)],
  ];
  for (const [what, act] of tries) {
    await act();
    await shownTo(stage, will, /🚫 Not allowed: guests may not use capture/).catch((error) =>
      assert.fail(`${what}: ${error}`),
    );
    assert.deepEqual(
      workspace.ephemeralsFor(will.id).map(({ text }) => text),
      ['🚫 Not allowed: guests may not use capture'],
      what,
    );
    workspace.state.ephemerals.length = 0;
  }
  await here.submits(form, { port: '42443' });
  await seenIn(stage, form, /guests may not use capture/);
  await here.shortcut('start_capture');
  const told = await workspace.until(() => workspace.viewsFor(will.id).find(({ id }) => id !== form.id), {
    timeoutMs: 20_000,
  });
  await seenIn(stage, told, /guests may not use capture/);

  const entries = stage.auditLog().slice(before);
  // The look of this test is the one that is not theirs.
  const theirs = entries.filter(({ origin }) => origin.door === 'slack');
  assert.equal(theirs.length, tries.length + 2);
  assert.ok(theirs.every(({ outcome, analyst }) => outcome === 'refused' && analyst === 'will'));
  assert.deepEqual(
    theirs.slice(0, verbs.length).map(({ words }) => words),
    verbs.map((words) => `/capture ${words}`.trim()),
  );
  const after = await engine.list({ all: true }, stage.lead);
  assert.deepEqual(
    after.map(({ id, state, version }) => [id, state, version]),
    standing.map(({ id, state, version }) => [id, state, version]),
  );
  assert.equal(workspace.messagesIn(soc).length, messages);
});
