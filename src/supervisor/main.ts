import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { openEngine } from '../capture/engine.ts';
import { CaptureError } from '../capture/errors.ts';
import { exits } from '../cli/exits.ts';
import { recallConfig } from '../environment.ts';
import { leaveSupervisor } from './leave.ts';

// Looks after running captures: for good, as the unit capture-supervisor has it, or with --until-idle, as whoever starts a capture, or ends
// while some run, leaves it behind, until the last of them has ended or while nobody else does.

const log = pino(
  { level: 'warn', timestamp: pino.stdTimeFunctions.isoTime, serializers: { error: pino.stdSerializers.err } },
  pino.destination({ fd: 2, sync: true }),
);
const stop = new AbortController();
// Not once: execa's signal-exit kills the process at once where it finds no listener left but its own.
process.on('SIGTERM', () => stop.abort());
process.on('SIGINT', () => stop.abort());
process.on('uncaughtException', (error) => process.exit(explain(error)));

try {
  await run();
} catch (error) {
  process.exitCode = explain(error);
}
// What is under way needs the registry, which is closed: whoever is next finishes it.
process.exit();

async function run(): Promise<void> {
  const { values } = parseArgs({ options: { config: { type: 'string' }, 'until-idle': { type: 'boolean' } } });
  const engine = openEngine({ config: await recallConfig(values.config), log, now: Date.now, leaveSupervisor });
  try {
    await engine.supervise(values['until-idle'] === true, stop.signal);
  } finally {
    await engine.close();
  }
}

/** Says why nobody looks after captures here any more, and returns the exit status. Captures go on. */
function explain(error: unknown): number {
  if (error instanceof CaptureError) {
    log.fatal({ code: error.code }, error.message);
    return exits[error.code].status;
  }
  log.fatal({ error }, 'a bug ends the supervisor; captures go on');
  return exits.bug.status;
}
