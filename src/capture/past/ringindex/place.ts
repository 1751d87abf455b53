import { join } from 'node:path';

/** Where the indexes of an installation are kept, by its state directory. */
export function indexesOf(state: string): string {
  return join(state, 'index');
}
