import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageIn, openStage, shownTo } from './stage.ts';

const start = 'start -d "not theirs" -e "udp port 42808"';

test('a mention or a direct message of somebody who is no analyst here is refused, and the audit log has it', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, guest, stranger, alertbot, soc, partners } = stage;
  const canteen = workspace.addChannel({ name: 'canteen', members: [grant.id] });
  await stage.openBot();
  const refusals = () => stage.auditLog().filter(({ outcome }) => outcome === 'refused');

  await workspace.as(stranger).mentions(start, partners);
  await shownTo(stage, stranger, /only members of this workspace/);
  assert.partialDeepStrictEqual(refusals()[0], {
    verb: 'start',
    analyst: null,
    words: `@capture ${start}`,
    origin: { door: 'slack', user: stranger.id, channel: partners.id },
  });

  await workspace.as(guest).dms(start);
  const alone = workspace.dmWith(guest).id;
  await messageIn(stage, { id: alone }, /guests may not use capture/);
  assert.partialDeepStrictEqual(refusals()[1], { words: start, origin: { user: guest.id, channel: alone } });

  for (const [where, why] of [
    [canteen, /not used in this channel: use #soc or/],
    [partners, /shared with another organisation/],
  ] as const) {
    await workspace.as(grant).mentions(start, where);
    await shownTo(stage, grant, why);
  }
  assert.equal(refusals().length, 4);

  // A bot hears nothing, and is not even refused: two bots would answer each other for ever.
  await workspace.as(alertbot).mentions(start, soc);
  await workspace.as(grant).mentions('whoami', soc);
  await shownTo(stage, grant, /You are grant/);
  assert.deepEqual(workspace.ephemeralsFor(alertbot), []);
  assert.equal(refusals().length, 4);
  assert.deepEqual(await stage.engine.list({ all: true }, stage.lead), []);
});

test('an answer whose blocks Slack does not take is told in words', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, soc } = stage;
  await stage.openBot();
  workspace.faults.errorNext('chat.postEphemeral', 'invalid_blocks');
  await workspace.as(grant).mentions('whoami', soc);
  assert.deepEqual((await shownTo(stage, grant, /You are grant/)).blocks, []);
});
