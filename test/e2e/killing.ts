import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as pause, setImmediate as soon } from 'node:timers/promises';
import Database from 'better-sqlite3';
import type { Change } from '../../sandbox/workspace/state.ts';
import type { BotProcess, Stage } from './stage.ts';

/** A step of an order, seen from outside: by Slack, which hears of it, or in the registry's file. */
export interface Step {
  readonly name: string;
  readonly inSlack?: (change: Change) => boolean;
  /** Whether the registry knows something of the capture with this description. */
  readonly inRegistry?: (row: (sql: string) => unknown, description: string) => boolean;
  readonly after?: number;
}

/** Slack having carried out a call of the method, whose answer the bot has not heard. */
export const called = (method: string) => (change: Change) => change.kind === 'call' && change.call.method === method;

const capture = (column: string) => `select ${column} from captures where description = ?`;

/** From the order's entry in the audit log to its answer, however it was given. */
export const stepsOfAStart: readonly Step[] = [
  {
    name: 'audit asked',
    inRegistry: (row) => row("select 1 from audit where outcome = 'asked' and words like ?") !== undefined,
  },
  { name: 'in the registry', inRegistry: (row) => row(capture('1')) !== undefined },
  { name: 'tcpdump spawned', inRegistry: (row) => row(capture('tcpdump')) != null },
  { name: 'running', inRegistry: (row) => row(capture("iif(state = 'running', 1, null)")) != null },
  {
    name: 'post attempted',
    inRegistry: (row) =>
      row("select attempted_at from messages join captures on capture = 'c' || number where description = ?") != null,
  },
  { name: 'posted, not heard', inSlack: called('chat.postMessage') },
  {
    name: 'post noted',
    inRegistry: (row) =>
      row("select ts from messages join captures on capture = 'c' || number where description = ?") != null,
  },
  {
    name: 'answered',
    inSlack: (change) => change.kind === 'ephemeral' && change.ephemeral.text.startsWith('Started'),
  },
];

/** Kills the bot as soon as it is seen to have come so far. */
export async function killAt(step: Step, description: string, bot: BotProcess, stage: Stage): Promise<void> {
  const kill = () => bot.process.kill('SIGKILL');
  const { inSlack, inRegistry } = step;
  if (inSlack !== undefined) {
    const stop = stage.workspace.watch((change) => {
      if (inSlack(change)) kill();
    });
    await bot.ended;
    return stop();
  }
  if (step.after !== undefined) await pause(step.after);
  if (inRegistry !== undefined) {
    const registry = new Database(join(stage.directory, 'state', 'registry.sqlite'), { readonly: true });
    const row = (sql: string) =>
      registry
        .prepare(sql)
        .pluck()
        .get(sql.includes('like') ? `%${description}%` : description);
    const giveUp = Date.now() + 20_000;
    while (!inRegistry(row, description) && Date.now() < giveUp) await soon();
    registry.close();
    assert.ok(Date.now() < giveUp, `the bot never came to: ${step.name}`);
  }
  kill();
  await bot.ended;
}
