import assert from 'node:assert/strict';
import { test } from 'node:test';
import { killAt, type Step } from './killing.ts';
import { openStage } from './stage.ts';

const begun: Step = {
  name: 'in the registry',
  inRegistry: (row) => row('select 1 from captures where description = ?') !== undefined,
};

test('who gave an order by mention or direct message to a bot that was killed over it is told where they wrote it', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, soc, engine } = stage;
  const alone = workspace.dmWith(grant.id).id;
  const order = (description: string, port: number) => `start -d "${description}" -e "udp port ${port}"`;

  const first = await stage.startBot();
  const killed = killAt(begun, 'by mention', first, stage);
  await Promise.all([workspace.as(grant).mentions(order('by mention', 42_690), soc), killed]);
  const second = await stage.startBot();
  const inChannel = () => workspace.ephemeralsFor(grant).find(({ text }) => /I was interrupted/.test(text));
  const told = await workspace.until(inChannel, { timeoutMs: 20_000, what: 'a word about the mention' });
  assert.match(told.text, /@capture start .*by mention/);
  assert.match(told.text, /c1/);

  const again = killAt(begun, 'by direct message', second, stage);
  await Promise.all([workspace.as(grant).dms(order('by direct message', 42_691)), again]);
  await stage.startBot();
  const inPrivate = () => workspace.messagesIn(alone).find(({ text }) => /I was interrupted/.test(text));
  const word = await workspace.until(inPrivate, { timeoutMs: 20_000, what: 'a word about the direct message' });
  assert.match(word.text, /by direct message/);
  assert.match(word.text, /c2/);

  // Slack delivers an event again that nobody acknowledged, and what was told is not told twice.
  assert.equal((await engine.list({ all: true }, stage.lead)).length, 2);
  assert.equal(workspace.ephemeralsFor(grant).filter(({ text }) => /I was interrupted/.test(text)).length, 1);
});
