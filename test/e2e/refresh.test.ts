import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openStage, shownTo } from './stage.ts';

const commands = 200;
const atOnce = 10;

test('200 commands while Slack refreshes its connections and repeats itself: none is lost, none is carried out twice', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, will, maria, soc } = stage;
  await stage.startBot();
  await workspace.until(() => workspace.connections() === 2);
  const people = [grant, will, maria];
  // Known to the bot by then, so that none waits for Slack to say who asks.
  for (const [at, person] of people.entries()) {
    await workspace.as(person).types(`/capture list first-${at}`, soc);
    await shownTo(stage, person, /Nothing runs/);
  }
  const acked: number[] = [];
  const outcomes: string[] = [];
  let refreshes = 0;
  let next = 0;
  // Slack refreshes one connection at a time.
  let refreshed = Promise.resolve();
  const refresh = async () => {
    await workspace.until(() => workspace.connections() === 2, { timeoutMs: 30_000 });
    workspace.faults.disconnect(refreshes % 2 === 0 ? 'refresh_requested' : 'warning', 1);
    refreshes += 1;
  };
  const typist = async () => {
    for (let at = next++; at < commands; at = next++) {
      if (at % 20 === 10) refreshed = refreshed.then(refresh);
      if (at % 7 === 0) workspace.faults.duplicateNext();
      const began = performance.now();
      const person = people[at % people.length] ?? grant;
      const { outcome } = await workspace.as(person).types(`/capture list word-${at}`, soc);
      acked.push(performance.now() - began);
      outcomes.push(outcome);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, typist));
  await refreshed;
  const answers = () => people.flatMap((person) => workspace.ephemeralsFor(person)).length;
  await workspace.until(() => answers() >= commands + people.length, { timeoutMs: 30_000, what: 'every answer' });

  assert.deepEqual(
    outcomes,
    Array.from({ length: commands }, () => 'acked'),
  );
  const asked = stage.auditLog().filter(({ verb, words }) => verb === 'list' && words.includes('word-'));
  assert.equal(asked.length, commands);
  assert.equal(new Set(asked.map(({ words }) => words)).size, commands);
  assert.equal(answers(), commands + people.length);
  const repeated = workspace.envelopes('slash_commands').filter(({ attempts }) => attempts > 1).length;
  assert.ok(refreshes === 10 && repeated > 20);
  const sorted = acked.toSorted((one, other) => one - other);
  const at = (share: number) => Math.round(sorted[Math.ceil(share * sorted.length) - 1] ?? 0);
  t.diagnostic(
    `${commands} commands, ${atOnce} at a time, ${refreshes} refreshes, ${repeated} delivered twice: ${outcomes.length} acknowledged, ${asked.length} in the audit log, ${answers() - people.length} answers`,
  );
  t.diagnostic(`acknowledged after ${at(0.5)} ms (median), ${at(0.99)} ms (99 %), ${at(1)} ms (most)`);
});
