import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageIn, openStage, shownTo } from './stage.ts';

test('a flood of one person, whichever way it comes, keeps nobody from working and does not fill the audit log', async (t) => {
  const stage = await openStage(t, { slack: { orders: 9 } });
  const { workspace, grant, will, soc } = stage;
  const bot = await stage.startBot();
  await workspace.as(grant).types('/capture start -d "before it" -e "udp port 42430"', soc);
  const message = await messageIn(stage, soc, /Capturing · before it/);
  const before = workspace.calls().length;

  const doors = [
    () => workspace.as(will).types('/capture list', soc),
    () => workspace.as(will).types('/capture list', workspace.dmWith(will.id)),
    () => workspace.as(will).clicks(message, 'capture_details'),
    () => workspace.as(will).messageShortcut('capture_from_message', message),
    () => workspace.as(will).shortcut('start_capture'),
    () => workspace.as(will).types('/capture start', soc),
  ];
  await Promise.all(Array.from({ length: 20 }, () => doors.map((act) => act())).flat());
  // While it goes on.
  await workspace.as(grant).types('/capture start -d "all the same" -e "udp port 42431"', soc);
  await messageIn(stage, soc, /Capturing · all the same/);
  await shownTo(stage, will, /Not allowed: that is more than 9 orders a minute: go on in \d+ s, at 20\d\d-.* UTC/);
  await workspace.as(grant).types('/capture stop --all', soc);
  await workspace.until(() => /Stopped/.test(message.text), { timeoutMs: 20_000, what: message.text });

  assert.equal(await bot.kill('SIGTERM'), 0);
  const ofWill = stage.auditLog().filter(({ origin }) => origin.door === 'slack' && origin.user === will.id);
  const refused = ofWill.filter(({ outcome }) => outcome === 'refused');
  const [begun, ...counts] = refused.map(({ detail }) => detail ?? '');
  assert.match(begun ?? '', /^that is more than 9 orders a minute/);
  // One at its end, and one for each minute that it took.
  assert.ok(counts.length > 0 && counts.length < 5, counts.join('\n'));
  const counted = counts.map((why) => Number(/^(\d+) more orders? of this person refused/.exec(why)?.[1]));
  assert.ok(counted.reduce((sum, each) => sum + each, 0) > 60, counts.join('\n'));
  assert.equal(refused[1]?.analyst, 'will');
  const asked = workspace.calls().slice(before);
  assert.ok(asked.filter(({ method, args }) => method === 'users.info' && args.user === will.id).length <= 1);
});

test('clicks in a form are no orders', async (t) => {
  const stage = await openStage(t, { slack: { orders: 6 } });
  const { workspace, will, soc } = stage;
  await stage.openBot();
  await workspace.as(will).types('/capture start -d "much clicked"', soc);
  const view = await workspace.until(
    () => workspace.viewsFor(will.id).find(({ callbackId }) => callbackId === 'capture_form'),
    { timeoutMs: 20_000 },
  );
  for (const verb of ['search', 'both', 'start', 'search', 'both', 'start']) {
    const { hash } = view;
    await workspace.as(will).clicks(view, 'form_verb', verb);
    await workspace.until(() => view.hash !== hash, { timeoutMs: 20_000, what: `the form for ${verb}` });
  }
  await workspace.as(will).submits(view, { port: '42432' });
  await messageIn(stage, soc, /Capturing · much clicked/);
});
