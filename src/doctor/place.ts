import { accessSync, constants, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** What this user can see of a path. */
export type Place =
  | { readonly is: 'there'; readonly stats: Stats }
  | { readonly is: 'absent' }
  /** In a directory that this user may not look into. */
  | { readonly is: 'closed'; readonly by: string };

export function placeAt(path: string): Place {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats === undefined ? { is: 'absent' } : { is: 'there', stats };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EACCES')
      return { is: 'closed', by: closedAbove(path) };
    throw error;
  }
}

/** The path itself, or the nearest directory above it that can be seen. */
export function nearestSeen(path: string): string {
  return placeAt(path).is === 'there' || dirname(path) === path ? path : nearestSeen(dirname(path));
}

/** Asked with access(2), not tried: a doctor who writes may fill the last block of a disk. */
export function isWritable(directory: string): boolean {
  return isPermitted(directory, constants.R_OK | constants.W_OK | constants.X_OK);
}

function closedAbove(path: string): string {
  const above = dirname(path);
  return placeAt(above).is === 'closed' ? closedAbove(above) : above;
}

function isPermitted(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
