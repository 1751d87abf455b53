import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasAction } from './deadline.ts';
import { messageIn, openStage, replyTo, shownTo } from './stage.ts';

test('two analysts stop the same capture at once: one ends it, and both see the truth', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, will, soc, engine } = stage;
  await stage.openBot();
  await workspace.as(will).types('/capture start -d "of both" -e "udp port 42300"', soc);
  const message = await messageIn(stage, soc, /Capturing · of both/);
  await shownTo(stage, will, /Started c1/);

  const clicks = [grant, will].map((person) => workspace.as(person).clicks(message, 'capture_stop'));
  assert.deepEqual(await Promise.all(clicks), [{ outcome: 'acked' }, { outcome: 'acked' }]);
  await workspace.until(() => /Stopped · of both/.test(message.text), { timeoutMs: 30_000, what: message.text });
  const why = engine.peek('c1')?.why;
  assert.match(why ?? '', /^stopped by (grant|will)$/);
  const [first, second] = why === 'stopped by grant' ? [grant, will] : [will, grant];
  assert.ok(JSON.stringify(message.blocks).includes(why ?? 'nobody'));
  assert.ok(!hasAction(message, 'capture_stop'));

  const told = await shownTo(stage, second, /c1 has ended already/);
  assert.ok(JSON.stringify(told.blocks).includes(why ?? 'nobody'));
  assert.ok(
    !workspace.ephemeralsFor(first).some(({ text }) => /already/.test(text)),
    'the first is told by the message',
  );
  const outcomes = stage.auditLog().filter(({ verb, settles }) => verb === 'stop' && settles !== null);
  assert.equal(outcomes.filter(({ detail }) => detail === 'stopped c1').length, 1, JSON.stringify(outcomes));
  await replyTo(stage, message, /c1: .*Stopped/);
  assert.equal(workspace.threadOf(soc, message.ts).length, 1);
});
