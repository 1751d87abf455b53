import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { messageIn, openStage, shownTo } from './stage.ts';

test('a lead reads the audit log in Slack, newest first, and nobody else does', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, will, soc } = stage;
  await stage.openBot();
  await workspace.as(will).types('/capture start -d "<!channel> seen" -e "udp port 42820"', soc);
  await shownTo(stage, will, /^Started c1/);
  await workspace.as(will).types('/capture audit', soc);
  await shownTo(stage, will, /Not allowed: the audit log is for leads/);
  for (let look = 0; look < 14; look += 1) {
    await workspace.as(grant).types('/capture list', soc);
  }
  await workspace.until(() => workspace.ephemeralsFor(grant.id).length === 14, { timeoutMs: 20_000, what: 'lists' });

  await workspace.as(grant).types('/capture audit', soc);
  const newest = await shownTo(stage, grant, /^Audit log: 12 entries, and \d+ more/);
  const blocks = JSON.stringify(newest.blocks);
  const total = stage.auditLog().length;
  assert.match(newest.text, new RegExp(`and ${total - 12} more`));
  assert.ok(blocks.indexOf('/capture audit') < blocks.indexOf('/capture list'));

  await workspace.as(grant).types('/capture audit --analyst will --since 2h', soc);
  const wills = await shownTo(stage, grant, /^Audit log: 3 entries$/);
  assert.match(JSON.stringify(wills.blocks), /start asked.*<!channel>|&lt;!channel&gt;/);
  assert.ok(wills.blocks.every(({ type }) => type !== 'section'));

  await workspace.as(grant).types('/capture audit verify', soc);
  await shownTo(stage, grant, /^✅ The audit log holds: \d+ entries/);
});

test('a lead has the installation examined in a direct message, while others are answered, and nothing is written', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, will, soc } = stage;
  await stage.openBot();
  rmSync(join(stage.directory, 'ring'), { recursive: true, force: true });
  const before = stage.auditLog().length;
  await workspace.as(grant).dms('doctor');
  await workspace.as(will).types('/capture help', soc);
  await shownTo(stage, will, /How to use capture/);
  const told = await messageIn(stage, { id: workspace.dmWith(grant).id }, /Something is broken: \d+ broken/);
  assert.match(JSON.stringify(told.blocks), /slack tokens/);
  assert.match(JSON.stringify(told.blocks), /capture doctor/);
  assert.equal(stage.auditLog().length, before);

  await workspace.as(will).types('/capture doctor', soc);
  await shownTo(stage, will, /Not allowed: doctor names paths of the sensor and is for leads/);
  assert.equal(stage.auditLog().at(-1)?.verb, 'doctor');
});
