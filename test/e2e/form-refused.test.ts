import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formOf, openStage, seenIn, shownTo } from './stage.ts';

test('who may not capture gets no form, whichever way they ask for one', async (t) => {
  const stage = await openStage(t);
  const { workspace, maria, guest, soc, partners, will, alertbot } = stage;
  const passerby = workspace.addUser({ name: 'passerby' });
  await stage.openBot();
  const alert = workspace.as(alertbot).says('beacon to 203.0.113.9', soc);
  for (const [who, why] of [
    [maria, /maria is a viewer here and may look, not capture/],
    [guest, /guests may not use capture/],
    [passerby, /not an analyst of dmz-1/],
  ] as const) {
    for (const asks of [
      () => workspace.as(who).types('/capture start -d x', soc),
      () => workspace.as(who).messageShortcut('capture_from_message', alert),
    ]) {
      await asks();
      await shownTo(stage, who, why);
      workspace.state.ephemerals.length = 0;
    }
    await workspace.as(who).shortcut('start_capture');
    const told = await workspace.until(() => workspace.viewsFor(who.id)[0], { timeoutMs: 20_000 });
    await seenIn(stage, told, why);
    assert.notEqual(told.callbackId, 'capture_form');
    const refused = stage
      .auditLog()
      .filter(({ outcome, origin }) => outcome === 'refused' && origin.door === 'slack' && origin.user === who.id);
    assert.deepEqual(
      refused.map(({ words }) => words),
      ['/capture start -d x', '[Capture from message]', '[Start a capture]'],
    );
  }
  const elsewhere = workspace.as(will).says('beacon to 203.0.113.9', partners);
  await workspace.as(will).messageShortcut('capture_from_message', elsewhere);
  await shownTo(stage, will, /shared with another organisation/);
  assert.deepEqual(await stage.engine.list({ all: true }, stage.lead), []);
});

test('who lost the right between opening a form and sending it is refused', async (t) => {
  const stage = await openStage(t);
  const { workspace, will, soc } = stage;
  const bot = await stage.startBot();
  await workspace.as(will).types('/capture start -d "too late"', soc);
  const view = await formOf(stage, will);
  // A form outlives the bot.
  await bot.kill('SIGKILL');
  await workspace.faults.changeUser(will, { is_restricted: true });
  await stage.startBot();
  await workspace.as(will).submits(view, { port: '41731' });
  await seenIn(stage, view, /guests may not use capture/);
  const refused = stage.auditLog().find(({ outcome }) => outcome === 'refused');
  assert.equal(refused?.words, "/capture start -d 'too late' -e 'port 41731'");
  assert.deepEqual(await stage.engine.list({ all: true }, stage.lead), []);
});
