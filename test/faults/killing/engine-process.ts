// An engine that lives as long as the bot's: reconciles, supervises if told to, and carries out orders: engine-process.ts CONFIG SUPERVISES
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import pino from 'pino';
import { openEngine } from '../../../src/capture/engine.ts';
import { readConfig } from '../../../src/environment.ts';
import { leaveSupervisor } from '../../../src/supervisor/leave.ts';
import { actor } from '../../capture/sensor.ts';
import type { Order } from './engine-child.ts';

/** More often than the bot, for more instants to be killed at. */
const reconcileEvery = 250;

const [file, supervises] = process.argv.slice(2);
const log = pino({ level: 'silent' });
const engine = openEngine({ config: await readConfig(file), log, now: Date.now, leaveSupervisor });
const grant = actor('grant', 'lead');
const { signal } = new AbortController();
void reconcileForGood();
if (supervises === 'true') void engine.supervise(false, signal);

createInterface({ input: process.stdin }).on('line', async (line) => {
  const { number, verb, ...order } = JSON.parse(line) as Order;
  const error = await carryOut(verb, order).then(
    () => null,
    (refused: Error) => refused.message,
  );
  process.stdout.write(`${JSON.stringify({ number, error })}\n`);
});
process.stdout.write('ready\n');

async function reconcileForGood(): Promise<never> {
  for (;;) {
    // A registry that is locked for a moment is looked into at the next one.
    await engine.reconcile().catch(() => undefined);
    await pause(reconcileEvery);
  }
}

async function carryOut(verb: Order['verb'], order: Omit<Order, 'number' | 'verb'>): Promise<void> {
  if (verb === 'stop') await engine.stop(order.id, grant);
  else await engine.start(order, grant);
}
