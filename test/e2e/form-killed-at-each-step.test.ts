import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { until } from '../capture/wait.ts';
import { killAt, type Step, stepsOfAStart } from './killing.ts';
import { formOf, messageIn, openStage, type Stage, seenIn, shownTo } from './stage.ts';

const basePort = 42_430;

const steps: readonly Step[] = [
  {
    name: 'delivery noted',
    inRegistry: (row) => row("select 1 from unanswered where key glob 'view *' and ? <> ''") !== undefined,
  },
  {
    name: 'taken for the first',
    inRegistry: (row) => row("select 1 from deliveries where key glob 'view *' and ? <> ''") !== undefined,
  },
  ...stepsOfAStart,
  {
    name: 'acknowledged',
    inSlack: ({ kind, ...change }) =>
      kind === 'envelope' &&
      'envelope' in change &&
      change.envelope.payload.type === 'view_submission' &&
      change.envelope.ack !== undefined,
  },
];

/** Where the answer may be out already, and is not noted as given. */
const mayBeAnswered: readonly string[] = ['post noted', 'answered'];

for (const [at, step] of steps.entries()) {
  test(`a bot killed over a form (${step.name}) leaves one capture or none, a whole audit log, and a person who is told, once until the answer is out`, async (t) => {
    const stage = await openStage(t);
    const { workspace, grant, soc, engine } = stage;
    const description = `sent at ${at}`;
    const words = `/capture start -d '${description}' -e 'port ${basePort + at}'`;
    const bot = await stage.startBot();
    const form = await formFor(stage, description);
    const submit = () => workspace.as(grant).submits(form, { port: String(basePort + at) });
    const [sent] = await Promise.all([submit(), killAt(step, description, bot, stage)]);

    const next = await stage.startBot();
    const told = await toldOf(stage, words);
    const [one, ...more] = await engine.list({ all: true }, stage.lead);
    t.diagnostic(`${sent.outcome}, ${one?.state ?? 'no capture'}, told: ${told.join(' | ')}`);
    assert.deepEqual(more, []);
    // Killed between Slack's taking the answer and its being noted, the next bot cannot know that it was.
    assert.ok(told.length === 1 || (mayBeAnswered.includes(step.name) && told.length === 2), told.join());
    if (one === undefined) {
      assert.match(told.join(), /Nothing was done|It is not known how far it came/);
      if (/Nothing was done/.test(told.join())) {
        assert.equal((await submit()).outcome, 'closed', 'what was not done is done when the form is sent again');
        await messageIn(stage, soc, new RegExp(`Capturing · ${description}`));
      }
    } else {
      const shows = one.state === 'failed' ? 'Failed to start' : 'Capturing';
      await messageIn(stage, soc, new RegExp(`${shows} · ${description}`));
      assert.match(told.join(), /c1/);
      if (sent.outcome === 'no_ack' && told.join().includes('interrupted'))
        await seenIn(stage, form, /I was interrupted/);
    }
    assert.equal(workspace.messagesIn(soc).length, engine.peek('c1') === undefined ? 0 : 1);
    assert.equal(engine.peek('c2'), undefined);
    await next.kill('SIGTERM');
    assert.equal(waiting(stage), 0, 'nobody waits');
    await isWhole(stage);
  });
}

test('a form that made room for a word when the bot was killed shows what came of it', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, soc } = stage;
  const bot = await stage.startBot();
  const form = await formFor(stage, 'slow to show');
  workspace.faults.delay('chat.postMessage', 20_000);
  assert.equal((await workspace.as(grant).submits(form, { port: String(basePort - 1) })).outcome, 'updated');
  await bot.kill('SIGKILL');
  workspace.faults.clear();
  await stage.startBot();
  await shownTo(stage, grant, /I was interrupted: .*It was carried out.*: c1/);
  await seenIn(stage, form, /I was interrupted/);
  await messageIn(stage, soc, /Capturing · slow to show/);
});

/** A form that grant has before them, and that nothing is under way for. */
async function formFor(stage: Stage, description: string) {
  const { workspace, grant, soc } = stage;
  await workspace.as(grant).types(`/capture start -d "${description}"`, soc);
  const form = await formOf(stage, grant);
  await until('the form to be all that grant waited for', () => waiting(stage) === 0);
  return form;
}

/** What grant was told of the form, once somebody told them. */
async function toldOf(stage: Stage, words: string): Promise<string[]> {
  const { workspace, grant } = stage;
  const ofTheForm = (text: string) => /^Started c/.test(text) || text.includes(`I was interrupted: ${words}.`);
  const told = () => workspace.ephemeralsFor(grant).flatMap(({ text }) => (ofTheForm(text) ? [text] : []));
  await until('grant to be told', () => told().length > 0 && waiting(stage) === 0, 30_000);
  return told();
}

/** How many orders nobody has answered yet. */
function waiting({ directory }: Stage): number {
  const registry = new Database(join(directory, 'state', 'registry.sqlite'), { readonly: true });
  const rows = registry.prepare('select count(*) from unanswered').pluck().get();
  registry.close();
  return Number(rows);
}

async function isWhole({ engine, lead, auditLog }: Stage): Promise<void> {
  for await (const verified of engine.verifyAudit(null, lead, AbortSignal.timeout(10_000)))
    if (verified.step === 'ended') assert.deepEqual(verified.broken, null);
  const entries = auditLog();
  const settled = entries.flatMap(({ settles }) => (settles === null ? [] : [settles]));
  assert.equal(new Set(settled).size, settled.length);
  for (const { seq, outcome, words } of entries)
    if (outcome === 'asked' && words.startsWith('/capture')) assert.ok(settled.includes(seq), `${seq} ${words}`);
}
