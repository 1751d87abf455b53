// An engine that lives as long as the bot's: reconciles, supervises if told to, and carries out orders: engine-process.ts CONFIG SUPERVISES
import { createInterface } from 'node:readline';
import pino from 'pino';
import { repeatedly } from '../../../src/bot/repeatedly.ts';
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
void repeatedly(() => engine.reconcile(), reconcileEvery, { signal, log });
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

async function carryOut(verb: Order['verb'], order: Omit<Order, 'number' | 'verb'>): Promise<void> {
  if (verb === 'stop') await engine.stop(order.id, grant);
  else await engine.start(order, grant);
}
