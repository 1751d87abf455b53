import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainText } from '../../sandbox/workspace/text.ts';
import { homeOf, messageIn, modalOf, openStage } from './stage.ts';

test('who may not use capture has a Home that says so and nothing else, and no button of an older one does anything', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, guest, stranger, former, maria, soc, engine } = stage;
  const passerby = workspace.addUser({ name: 'passerby' });
  await stage.openBot();
  await workspace.as(grant).types('/capture start -d "not for guests" -e "udp port 42221"', soc);
  await messageIn(stage, soc, /Capturing/);
  await workspace.as(grant).opensHome();
  const whole = await homeOf(stage, grant, /not for guests/);

  for (const [who, why] of [
    [guest, /guests may not use capture/],
    [stranger, /only members of this workspace/],
    [former, /deactivated/],
    [passerby, /not an analyst of dmz-1/],
  ] as const) {
    await workspace.as(who).opensHome();
    const home = await homeOf(stage, who, why);
    assert.equal(home.blocks.length, 1);
    assert.doesNotMatch(plainText(home, workspace.nameOf), /dmz:|not for guests|Disk|\[/);
  }
  // Looking is no order.
  assert.deepEqual(
    stage.auditLog().filter(({ outcome }) => outcome === 'refused'),
    [],
  );

  for (const [button, verb] of [
    ['home_capture_stop', 'stop'],
    ['home_capture_details', 'show'],
    ['home_start', 'start'],
  ] as const) {
    await workspace.as(guest).clicks(whole, button);
    await modalOf(stage, guest, /guests may not use capture/);
    workspace.state.modals.clear();
    const refused = stage.auditLog().findLast(({ outcome }) => outcome === 'refused');
    assert.equal(refused?.verb, verb);
    assert.ok(refused.origin.door === 'slack' && refused.origin.user === guest.id);
  }
  await workspace.as(maria).clicks(whole, 'home_capture_stop');
  await modalOf(stage, maria, /Not allowed/);
  await workspace.as(maria).clicks(whole, 'home_search');
  await modalOf(stage, maria, /maria is a viewer here and may look, not capture/);
  assert.equal(engine.peek('c1')?.state, 'running');
});
