import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import type { CaptureError } from '../capture/errors.ts';
import { isRefusal, whatToMend } from './mending.ts';

/** Watches over the bot's token: whatever speaks against it, Slack itself is asked before the bot gives up. */
export interface TokenWatch {
  /** Asks Slack where an error says that the token is refused. */
  doubt(error: unknown): void;
  /** Asks Slack whether the token still holds. */
  check(): Promise<void>;
}

/** @param onLost called with what to mend, once Slack says that the token does not hold */
export function tokenWatch(slack: WebClient, log: Logger, onLost: (why: CaptureError) => void): TokenWatch {
  let asking: Promise<void> | undefined;
  const ask = async () => {
    try {
      await slack.auth.test();
    } catch (error) {
      if (isRefusal(error)) onLost(whatToMend(error, 'SLACK_BOT_TOKEN'));
      else log.warn({ err: error }, 'Slack does not say whether the token still holds');
    } finally {
      asking = undefined;
    }
  };
  const check = () => {
    asking ??= ask();
    return asking;
  };
  return {
    check,
    doubt: (error) => {
      if (isRefusal(error)) void check();
    },
  };
}
