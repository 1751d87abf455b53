import { spawn } from 'node:child_process';
import type { NamespacePair } from './namespaces.ts';
import { fixture } from './program.ts';

/**
 * Starts a process that removes the namespaces as soon as this one ends, however it ends: signal handlers of our own
 * would fight with the program's, and nothing in a process can answer SIGKILL. Returns what dismisses the guard.
 */
export function startGuard(pair: NamespacePair): () => void {
  const { file, args } = fixture('guard', pair.sensor, pair.peer);
  // A session of its own: Ctrl-C in the terminal must not take the guard along.
  const guard = spawn(file, args, { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  guard.on('error', () => {}); // without a guard the next open still cleans up
  guard.unref();
  return () => guard.stdin.end();
}
