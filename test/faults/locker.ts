import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Another process, which can keep a registry to itself. */
export interface Locker {
  /** Resolves once it has the lock. */
  lock(): Promise<void>;
  /** Resolves once it has let go, and ended. */
  release(): Promise<void>;
}

export async function openLocker(file: string): Promise<Locker> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'lock-registry.ts'), file], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const said = () =>
    Promise.race([once(child.stdout, 'data'), ended.then(() => Promise.reject(new Error('the locker has ended')))]);
  await said();
  return {
    lock: async () => {
      child.stdin.write('lock\n');
      await said();
    },
    release: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

/** Does something while another process has a registry to itself; lets go however it ends, so that what cleans up finds no lock. */
export async function whileLocked<Result>(file: string, act: () => Promise<Result>): Promise<Result> {
  const locker = await openLocker(file);
  try {
    await locker.lock();
    return await act();
  } finally {
    await locker.release();
  }
}
