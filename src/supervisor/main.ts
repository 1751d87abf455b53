import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { openEngine } from '../capture/engine.ts';
import { CaptureError } from '../capture/errors.ts';
import { readConfig } from '../environment.ts';

/** A registry that is locked, or whose disk is full, is tried again after so long. Milliseconds. */
const nextTry = 1_000;

// Left behind by whoever starts a capture: looks after what runs and ends with the last of it, or when another process does that.
const { values } = parseArgs({ options: { config: { type: 'string' } } });
const log = pino({ level: 'silent' });
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
process.on('SIGINT', () => stop.abort());
const engine = openEngine({ config: readConfig(values.config), log, now: Date.now });
try {
  for (;;) {
    try {
      await engine.supervise(true, stop.signal);
      break;
    } catch (error) {
      // A damaged registry must be let go of: it is made anew while nobody has it open.
      if (!(error instanceof CaptureError && (error.code === 'conflict' || error.code === 'no_room'))) throw error;
      await pause(nextTry, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  }
} finally {
  await engine.close();
}
