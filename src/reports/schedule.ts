import { schedule } from 'node-cron';
import type { Logger } from 'pino';
import type { Millis } from '../capture/capture.ts';
import { daysDue } from './due.ts';

/**
 * What claiming a day's digest gave:
 * `new`: nobody tried before, post it;
 * `unsettled`: somebody claimed it and never said that it was posted (a crash, a lost answer): look for its message, post only if it is not there;
 * `taken`: it is posted, or another process is posting it now.
 */
export type Claim = 'new' | 'unsettled' | 'taken';

export interface DigestSchedule {
  /** Wall clock `HH:MM` in the zone. */
  readonly at: string;
  readonly timezone: string;
  /** The newest day, `yyyy-mm-dd`, whose digest is recorded as posted. */
  readonly lastPosted: () => string | null;
  /** Claims a day in the same store, in one statement. */
  readonly claim: (date: string) => Claim | Promise<Claim>;
  /** Posts a day's digest with the date in the message's metadata and records it as posted; rejects when that is not certain. */
  readonly post: (date: string, claim: Exclude<Claim, 'taken'>) => Promise<void>;
  readonly now: () => Millis;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error' | 'debug'>;
}

/**
 * Posts yesterday's digest at `at` each day, and at once what was missed: each of the last seven days, oldest first.
 *
 * Once per day whatever crashes, in two steps on one unique row (channel, date) of the store: claimed, then posted.
 * Before the claim nothing has happened: the next look finds the day due. Between claim and record the message may or may not be
 * there, and nothing here can know: the next claim is `unsettled`, and post() asks the channel. After the record the claim is
 * `taken`. A store that several processes share answers `taken` while another's claim is younger than its request's time limit.
 *
 * A failed post ends the look, for a later day recorded as posted would hide this one; the next look is ten minutes later.
 * @returns stop() ends the schedule and resolves when a post under way has ended
 */
export function scheduleDigest(parts: DigestSchedule): { stop(): Promise<void> } {
  const stopping = new AbortController();
  let looking = Promise.resolve();
  const look = () => {
    looking = looking.then(() => postWhatIsDue(parts, stopping.signal));
    return looking;
  };
  const options = { timezone: parts.timezone, suppressMissedWarning: true, logger: cronLog(parts.log) };
  const tasks = [cronAt(parts.at), everyTenMinutes].map((expression) => schedule(expression, look, options));
  look();
  return {
    async stop() {
      stopping.abort();
      await Promise.all(tasks.map((task) => task.destroy()));
      await looking;
    },
  };
}

/** Where the zone's clock skips `at` cron does not fire; this look does, and it is the second chance after a failure. */
const everyTenMinutes = '*/10 * * * *';

/** The cron expression of a wall clock `HH:MM`. */
export function cronAt(at: string): string {
  const [hour, minute] = at.split(':').map(Number);
  return `${minute} ${hour} * * *`;
}

async function postWhatIsDue(
  { at, timezone, lastPosted, claim, post, now, log }: DigestSchedule,
  stopping: AbortSignal,
) {
  try {
    for (const date of daysDue({ lastPosted: lastPosted(), now: now(), at, timezone })) {
      if (stopping.aborted) return;
      const claimed = await claim(date);
      if (claimed === 'taken') return;
      await post(date, claimed);
      log.info({ date, claim: claimed }, 'digest settled');
    }
  } catch (error) {
    // Nobody waits for a digest: the next look tries again, and until then the log has the reason.
    log.error({ err: error }, 'digest not posted');
  }
}

function cronLog(log: DigestSchedule['log']) {
  return {
    info: (message: string) => log.info(message),
    warn: (message: string) => log.warn(message),
    error: (message: string | Error) => log.error(message),
    debug: (message: string | Error) => log.debug(message),
  };
}
