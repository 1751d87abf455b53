import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { called, killAt, type Step, stepsOfAStart } from './killing.ts';
import { openStage, type Stage } from './stage.ts';

const basePort = 42_600;

const steps: readonly Step[] = [
  { name: 'delivery noted', inRegistry: (row) => row('select 1 from unanswered where words like ?') !== undefined },
  {
    name: 'acknowledged',
    inSlack: ({ kind, ...change }) => kind === 'envelope' && 'envelope' in change && change.envelope.ack !== undefined,
  },
  { name: 'Slack asked who', inSlack: called('users.info') },
  { name: 'Slack asked where', inSlack: called('conversations.info') },
  ...stepsOfAStart,
  ...[10, 150, 300, 350, 400, 500].map((after) => ({ name: `after ${after} ms`, after })),
];

test('a bot killed at any step of a command leaves one capture or none, a true message, a whole audit log, and a person who is told', async (t) => {
  const stage = await openStage(t, { limits: { perAnalyst: 100 } });
  const { workspace, grant, soc, engine } = stage;
  const rounds: { name: string; description: string; outcome: string }[] = [];
  for (const [at, step] of steps.entries()) {
    const description = `round ${at} of many`;
    const bot = await stage.startBot();
    const killed = killAt(step, description, bot, stage);
    const words = `/capture start -d "${description}" -e "udp port ${basePort + at}"`;
    const [typed] = await Promise.all([workspace.as(grant).types(words, soc), killed]);
    rounds.push({ name: step.name, description, outcome: typed.outcome });
  }

  await stage.startBot();
  const tally = { captures: 0, 'Slack said so': 0, answered: 0, interrupted: 0 };
  for (const { name, description, outcome } of rounds) {
    const found = (await engine.list({ all: true, selector: description }, stage.lead)).filter(
      (each) => each.description === description,
    );
    assert.ok(found.length <= 1, `${name}: ${found.length} captures`);
    const [one] = found;
    const messages = () => workspace.messagesIn(soc).filter(({ text }) => text.includes(description));
    if (one !== undefined) {
      tally.captures += 1;
      const shows =
        { running: /Capturing · /, died: /Died · /, failed: /Failed to start · / }[String(one.state)] ?? /never/;
      await workspace.until(() => shows.test(messages()[0]?.text ?? ''), {
        timeoutMs: 30_000,
        what: `${name}: a message that says ${one.state}: ${messages().map(({ text }) => text)}`,
      });
      if (one.state === 'running') assert.ok(existsSync(one.path), name);
    }
    assert.equal(messages().length, found.length, `${name}: messages`);
    const told = await workspace.until(() => toldOf(stage, description, outcome, one?.id), {
      timeoutMs: 30_000,
      what: `${name}: somebody to be told`,
    });
    for (const way of told) tally[way] += 1;
    if (one === undefined) assert.ok(!told.includes('answered'), name);
    t.diagnostic(`killed at "${name}": ${one?.state ?? 'no capture'}, person told by: ${told.join(', ')}`);
  }
  t.diagnostic(`${rounds.length} kills: ${JSON.stringify(tally)}`);
  assert.ok(tally.captures > 5 && tally.interrupted > 5);

  for await (const verified of engine.verifyAudit(null, stage.lead, AbortSignal.timeout(10_000)))
    if (verified.step === 'ended') assert.deepEqual(verified.broken, null);
  const entries = stage.auditLog();
  const settled = entries.flatMap(({ settles }) => (settles === null ? [] : [settles]));
  assert.equal(new Set(settled).size, settled.length);
  for (const { seq, outcome, words } of entries)
    if (outcome === 'asked' && words.startsWith('/capture')) assert.ok(settled.includes(seq), `${seq} ${words}`);
});

/** How the person behind a round knows what came of it; false while they do not. */
function toldOf({ workspace, grant }: Stage, description: string, outcome: string, id: string | undefined) {
  const shown = workspace.ephemeralsFor(grant);
  const told = [
    ...(outcome === 'no_ack' ? (['Slack said so'] as const) : []),
    ...(shown.some(({ text }) => text.startsWith(`Started ${id}:`)) ? (['answered'] as const) : []),
    ...(shown.some(({ text }) => text.includes('I was interrupted') && text.includes(description))
      ? (['interrupted'] as const)
      : []),
  ];
  return told.length > 0 && told;
}
