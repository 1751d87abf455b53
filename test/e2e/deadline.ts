import { join } from 'node:path';
import { openDatabase } from '../../src/database.ts';
import type { Stage } from './stage.ts';

/** Has a capture's deadline near, as the supervisor notes it ten minutes before: the clock is stood in for. */
export function bringNear({ directory }: Stage, id: string): void {
  const database = openDatabase(join(directory, 'state'));
  database.prepare('UPDATE captures SET asked_for = deadline WHERE number = ?').run(Number(id.slice(1)));
  database.close();
}

/** Whether a message still has a button. */
export function hasButtons({ blocks }: { readonly blocks: readonly object[] }): boolean {
  return JSON.stringify(blocks).includes('"button"');
}

/** Whether it has this one. */
export function hasAction({ blocks }: { readonly blocks: readonly object[] }, action: string): boolean {
  return JSON.stringify(blocks).includes(`"${action}"`);
}
