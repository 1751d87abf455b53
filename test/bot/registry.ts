import { EventEmitter, once } from 'node:events';
import type { ApprovalRequest } from '../../src/capture/approval.ts';
import type { Capture } from '../../src/capture/capture.ts';
import type { Engine } from '../../src/capture/door.ts';

/** What a test changes by hand. */
interface ByHand<Row> {
  put(row: Row): Row;
  /** From now on changes are not told: they can only be seen by looking. */
  quiet(): void;
}

/** Captures as a registry would have them, changed by the test's hand: what the bot follows. */
export function registry(): Pick<Engine, 'peek' | 'watch'> & ByHand<Capture> {
  const { put, quiet, peek, watch } = rows<Capture>();
  return { put, quiet, peek, watch };
}

/** The same of requests for approval; of people Slack knows will. */
export function requests(): Pick<Engine, 'peekRequest' | 'watchRequests' | 'slackUserNamed'> & ByHand<ApprovalRequest> {
  const { put, quiet, peek, watch } = rows<ApprovalRequest>();
  return {
    put,
    quiet,
    peekRequest: peek,
    watchRequests: watch,
    slackUserNamed: (name) => (name === 'will' ? 'U024BE7LJ' : null),
  };
}

function rows<Row extends { readonly id: string; readonly version: number }>() {
  const all = new Map<string, Row>();
  const changes = new EventEmitter();
  let version = 0;
  let told = true;
  return {
    quiet() {
      told = false;
    },
    put(row: Row): Row {
      version += 1;
      const put = { ...row, version };
      all.set(put.id, put);
      changes.emit('change');
      return put;
    },
    peek: (id: string) => all.get(id),
    async *watch(after: number, signal: AbortSignal) {
      let seen = after;
      while (!signal.aborted && told) {
        const changed = [...all.values()].filter((row) => row.version > seen);
        yield* changed;
        seen = Math.max(seen, ...changed.map((row) => row.version));
        if (all.size > 0 && version > seen) continue;
        await once(changes, 'change', { signal }).catch(() => {});
      }
    },
  };
}
