import type { Database } from 'better-sqlite3';
import { beginning, walkChain } from '../capture/chain.ts';
import type { ChainEnd } from '../capture/evidence.ts';
import type { ChainHead } from '../capture/orders.ts';
import type { Config } from '../config.ts';
import { count, counted, named } from '../reports/figures.ts';
import { type Condition, checkIn } from './condition.ts';
import { broken, type Finding, ok } from './finding.ts';

const check = 'audit log';
/** Entries that are walked, the newest: a tenth of a second, however long the log is. */
const most = 10_000;

/** Whether the audit log's hash chain holds, and its triggers are there. */
export function checkAudit(config: Config, condition: Condition): Promise<Finding[]> {
  return checkIn(config, condition, { check, unread: 'not walked' }, async (database) => {
    const before = entryBefore(database);
    return judged(await walked(database, before), before);
  });
}

/** The entry behind which the walk begins. */
function entryBefore(database: Database): ChainHead {
  const entry = database.prepare<[number], ChainHead>(
    'SELECT seq, hash FROM audit WHERE seq <= (SELECT max(seq) FROM audit) - ? ORDER BY seq DESC LIMIT 1',
  );
  return entry.get(most) ?? beginning;
}

async function walked(database: Database, before: ChainHead): Promise<ChainEnd> {
  for await (const step of walkChain(database, null, new AbortController().signal, before)) {
    if (step.step === 'ended') return step;
  }
  throw new Error('the walk through the audit log has no end');
}

function judged({ entries, broken: fault, head, unguarded }: ChainEnd, before: ChainHead): Finding {
  if (fault !== null) {
    return broken(
      check,
      `it does not hold from entry ${fault.seq} on: ${fault.fault}`,
      'Somebody changed it, or the disk did. Keep a copy of the registry as it is, and hold the log against the heads in the daily reports.',
      'capture audit verify',
    );
  }
  const hold = entries === 1 ? 'holds' : 'hold';
  const found =
    before === beginning
      ? `${counted(entries, 'entry', 'entries')} ${hold}`
      : `the last ${count(entries)} of ${count(head.seq)} entries hold; capture audit verify walks them all`;
  if (unguarded.length === 0) return ok(check, found);
  return broken(
    check,
    `${found}, but ${named(unguarded)} ${unguarded.length === 1 ? 'is' : 'are'} not there to refuse changes`,
    'Somebody took that out of the registry. Ask who, and hold the log against the heads in the daily reports.',
    'capture audit verify',
  );
}
