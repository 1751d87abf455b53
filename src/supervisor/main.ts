import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { openEngine } from '../capture/engine.ts';
import { readConfig } from '../environment.ts';

// Left behind by whoever starts a capture: looks after what runs and ends with the last of it, or when another process does that.
const { values } = parseArgs({ options: { config: { type: 'string' } } });
const log = pino({ level: 'silent' });
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
process.on('SIGINT', () => stop.abort());
const engine = openEngine({ config: readConfig(values.config), log, now: Date.now });
try {
  await engine.supervise(true, stop.signal);
} finally {
  await engine.close();
}
