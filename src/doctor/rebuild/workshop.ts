import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CaptureError } from '../../capture/errors.ts';
import { isAlive, type ProcessToken } from '../../capture/process.ts';

const prefix = 'rebuild.';

/**
 * A directory in the state directory in which this process alone makes a registry; what killed ones left is cleared away.
 * @throws CaptureError `conflict` while another process rebuilds
 */
export function openWorkshop(state: string, self: ProcessToken): string {
  const own = join(state, nameOf(self));
  // Ours first, then a look for others: of two at once, at most one goes on.
  mkdirSync(own, { mode: 0o700 });
  for (const name of readdirSync(state)) {
    if (!name.startsWith(prefix) || join(state, name) === own) continue;
    if (isAlive(name.slice(prefix.length).replaceAll('_', '/'))) {
      closeWorkshop(own);
      throw new CaptureError('conflict', 'another process rebuilds the registry at this moment: wait for it');
    }
    closeWorkshop(join(state, name));
  }
  return own;
}

export function closeWorkshop(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
}

/** A token's slashes cannot stand in a file's name; it has no underscores. */
function nameOf(self: ProcessToken): string {
  return `${prefix}${self.replaceAll('/', '_')}`;
}
