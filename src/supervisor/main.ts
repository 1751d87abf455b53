import { parseArgs } from 'node:util';
import { openEngine } from '../capture/engine.ts';
import { recallConfig } from '../environment.ts';

// Left behind by whoever starts a capture: looks after what runs and ends with the last of it, or when another process does that.
const { values } = parseArgs({ options: { config: { type: 'string' } } });
// Nobody reads what a process says that outlives its shell: what became of captures is in the registry.
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
process.on('SIGINT', () => stop.abort());
const engine = openEngine({ config: await recallConfig(values.config), log, now: Date.now });
try {
  await engine.supervise(true, stop.signal);
} finally {
  await engine.close();
}
