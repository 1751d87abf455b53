import { EventEmitter, once } from 'node:events';
import type { Capture } from '../../src/capture/capture.ts';
import type { Engine } from '../../src/capture/door.ts';

/** Captures as a registry would have them, changed by the test's hand: what the bot follows. */
export function registry(): Pick<Engine, 'peek' | 'watch'> & { put(capture: Capture): Capture; quiet(): void } {
  const captures = new Map<string, Capture>();
  const changes = new EventEmitter();
  let version = 0;
  let told = true;
  return {
    /** From now on changes are not told: they can only be seen by looking. */
    quiet() {
      told = false;
    },
    put(capture) {
      version += 1;
      const put = { ...capture, version };
      captures.set(put.id, put);
      changes.emit('change');
      return put;
    },
    peek: (id) => captures.get(id),
    async *watch(after, signal) {
      let seen = after;
      while (!signal.aborted && told) {
        const changed = [...captures.values()].filter((capture) => capture.version > seen);
        yield* changed;
        seen = Math.max(seen, ...changed.map((capture) => capture.version));
        if (captures.size > 0 && version > seen) continue;
        await once(changes, 'change', { signal }).catch(() => {});
      }
    },
  };
}
