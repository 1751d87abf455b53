import { parseArgs } from 'node:util';
import pino from 'pino';
import { openEngine } from '../capture/engine.ts';
import { CaptureError } from '../capture/errors.ts';
import { moment } from '../capture/patience.ts';
import { openDatabase, registryTrouble } from '../database.ts';
import { readConfig, readSlackSecrets } from '../environment.ts';
import { leaveSupervisor } from '../supervisor/leave.ts';
import { type Bot, openBot } from './bot.ts';
import { withoutTokens } from './log.ts';

/** A supervisor that asked us to stop kills after about this long. */
const stopWithin = 10_000;

const log = pino({ hooks: { streamWrite: withoutTokens }, serializers: { error: pino.stdSerializers.err } });
const stopping = Promise.withResolvers<number>();

// Not once: execa's signal-exit kills the process at once where it finds no listener left but its own.
process.on('SIGTERM', () => stopping.resolve(0));
process.on('SIGINT', () => stopping.resolve(0));
process.on('unhandledRejection', lost);

try {
  process.exitCode = await run();
} catch (error) {
  process.exitCode = explain(error);
}
// Sockets that are still closing must not keep a stopped bot alive.
process.exit();

async function run(): Promise<number> {
  const { values } = parseArgs({ options: { config: { type: 'string' } } });
  const config = await readConfig(values.config);
  if (config.slack === null)
    throw new CaptureError('bad_request', `${config.file} has no section slack: the bot needs one`);
  const secrets = readSlackSecrets(config.slack);
  await loaded();
  const engine = openEngine({ config, log, now: Date.now, wait: moment, leaveSupervisor });
  const database = openDatabase(config.state, moment);
  let bot: Bot | undefined;
  try {
    const opened = await Promise.race([
      openBot({
        config,
        secrets,
        engine,
        database,
        log,
        now: Date.now,
        onLost: (why) => lost(registryTrouble(why, config.state) ?? why),
      }),
      stopping.promise,
    ]);
    // Told to stop while Slack kept us waiting.
    if (typeof opened === 'number') return opened;
    bot = opened;
    const told = await Promise.race([opened.heard, stopping.promise]);
    if (told !== undefined) return told;
    log.info({ sensor: config.sensor }, 'capture bot ready');
    return await stopping.promise;
  } finally {
    await bot?.close(stopWithin);
    await engine.close();
    database.close();
    log.info('capture bot stopped');
  }
}

/** What the engine loads at need, for a shell's sake: here the first order would keep everybody else waiting for it. */
async function loaded(): Promise<void> {
  await Promise.all([
    import('../capture/live/start.ts'),
    import('../capture/past/search.ts'),
    import('../capture/past/preflight/preflight.ts'),
    import('../capture/both.ts'),
    import('../capture/joined.ts'),
    import('../capture/asking.ts'),
    import('../capture/selecting.ts'),
    import('../capture/stop.ts'),
    import('../capture/extend.ts'),
    import('../capture/requesting.ts'),
    import('../capture/answering.ts'),
    import('../capture/aftermath.ts'),
    import('../capture/live/supervisor.ts'),
    import('../capture/past/pinning/order.ts'),
    import('../capture/verify.ts'),
    import('../capture/takeaway.ts'),
    import('../capture/day.ts'),
    import('../capture/measures.ts'),
    import('execa'),
  ]);
}

function lost(error: unknown): void {
  stopping.resolve(explain(error));
}

/** Says why the bot cannot go on, and returns its exit code. Captures outlive it. */
function explain(error: unknown): number {
  if (error instanceof CaptureError) {
    log.fatal({ code: error.code }, error.message);
    return error.code === 'bad_request' ? 64 : 69;
  }
  log.fatal({ err: error }, 'a bug ends the bot; captures go on');
  return 70;
}
