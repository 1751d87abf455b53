import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Installation } from './installation.ts';

export interface Order {
  readonly number: number;
  readonly verb: 'start' | 'stop';
  readonly id: string;
  readonly description: string;
  readonly expression: string;
  /** Milliseconds. */
  readonly duration?: number;
}

/** A process like the bot's, with an engine that reconciles and carries out orders. */
export interface EngineChild {
  /** Resolves with why it was refused, null when it was carried out, `killed` when the process ended before it said so. */
  order(order: Omit<Order, 'number'>): Promise<string | null>;
  isAlive(): boolean;
  /** Whether the signal met it. */
  kill(): boolean;
  readonly ended: Promise<unknown>;
}

/** Starts one; resolves when it takes orders, or was killed before. */
export async function startEngine({ file }: Installation, supervises: boolean): Promise<EngineChild> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'engine-process.ts'), file, String(supervises)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  const waiting = new Map<number, (error: string | null) => void>();
  const ready = Promise.withResolvers<void>();
  // Orders to one that was just killed go nowhere.
  child.stdin.on('error', () => undefined);
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line === 'ready') return ready.resolve();
    const { number, error } = JSON.parse(line) as { number: number; error: string | null };
    waiting.get(number)?.(error);
  });
  let orders = 0;
  await Promise.race([ready.promise, ended]);
  return {
    isAlive: () => child.exitCode === null && child.signalCode === null && !child.killed,
    order: (order) => {
      orders += 1;
      const number = orders;
      const answered = new Promise<string | null>((resolve) => waiting.set(number, resolve));
      child.stdin.write(`${JSON.stringify({ ...order, number })}\n`);
      return Promise.race([answered, ended.then(() => 'killed')]);
    },
    kill: () => child.kill('SIGKILL'),
    ended,
  };
}
