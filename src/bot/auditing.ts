import type { Actor } from '../capture/analyst.ts';
import type { AuditEntry, AuditQuery, ChainHead } from '../capture/orders.ts';
import type { Desk } from './desk.ts';
import { auditView, chainView, mostEntries } from './views/audit.ts';
import type { View } from './views/view.ts';

/**
 * The newest entries of the audit log that a phone shows, and how many more there are.
 * @throws CaptureError `not_allowed` for who is no lead, once that is in the audit log
 */
export async function auditLog(query: AuditQuery, actor: Actor, { engine }: Pick<Desk, 'engine'>): Promise<View> {
  const isWhole = query.analyst === undefined && query.since === undefined;
  const last = Math.min(query.last ?? mostEntries, mostEntries);
  let newest: readonly AuditEntry[] = [];
  let matching = 0;
  // Entries are numbered without a gap: of the whole log those before the newest need not be read to be counted.
  for await (const page of engine.audit(isWhole ? { last } : query, actor)) {
    matching += page.length;
    newest = [...newest, ...page].slice(-mostEntries);
  }
  const more = (isWhole ? (newest.at(-1)?.seq ?? 0) : matching) - newest.length;
  return auditView(newest.toReversed(), more);
}

/**
 * Walks the audit log's hash chain and says what it found.
 * @throws CaptureError as `engine.verifyAudit`
 */
export async function auditVerified(
  witnessed: ChainHead | null,
  actor: Actor,
  { engine, closing }: Pick<Desk, 'engine' | 'closing'>,
): Promise<View> {
  for await (const step of engine.verifyAudit(witnessed, actor, closing)) {
    if (step.step === 'ended') return chainView(step, witnessed);
  }
  throw new Error('a chain without an end');
}
