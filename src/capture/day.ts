import { setImmediate as otherWork } from 'node:timers/promises';
import type { Capture, Millis } from './capture.ts';
import { freeNow } from './limits.ts';
import type { AuditEntry, Day } from './orders.ts';
import type { Room } from './room.ts';

/**
 * What ran and what was written to the audit log from `from` to before `to`, page by page: other work is never kept waiting for all of it.
 * @param signal ends it with its reason
 */
export async function dayOf(room: Room, from: Millis, to: Millis, signal: AbortSignal): Promise<Day> {
  const captures: Capture[] = [];
  for (const page of room.registry.ranBetween(from, to)) {
    captures.push(...page);
    await otherWork();
    signal.throwIfAborted();
  }
  const entries: AuditEntry[] = [];
  for (const page of room.audit.between(from, to)) {
    entries.push(...page);
    await otherWork();
    signal.throwIfAborted();
  }
  const disk = { free: freeNow(room), floor: room.config.limits.freeSpace };
  return { captures, entries, head: room.audit.head(), disk };
}
