import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A process of the product's own, beside this one, that carries out one order. */
export interface Other {
  readonly lines: string[];
  /** Resolves when it has said that line; throws when it ends before. */
  said(line: string): Promise<void>;
  /** Resolves when it has ended, killed or not. */
  readonly ended: Promise<void>;
  kill(): void;
}

export function otherProcess(
  directory: string,
  verb: 'start' | 'stop' | 'search' | 'both' | 'supervise',
  order: Record<string, string> = {},
): Other {
  const program = join(import.meta.dirname, 'order-process.ts');
  const child = spawn(process.execPath, [program, directory, verb, JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    for (const look of waiting) look();
  });
  const ended = closed(child);
  return {
    lines,
    ended,
    kill: () => void child.kill('SIGKILL'),
    said: (line) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!lines.includes(line)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
        void ended.then(() => reject(new Error(`it ended without "${line}": ${lines.join(', ')}`)));
      }),
  };
}

function closed(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.on('close', () => resolve()));
}
